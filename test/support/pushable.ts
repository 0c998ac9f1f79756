import { installCosign } from './cosign';
import { makeRegistry, type Registry } from './registry';
import { installTrivy, unpackAdvisories } from './trivy';
import { makeWorkspace, type Workspace } from './workspace';

/** A workspace whose images may be scanned and pushed, and the registry to push to. */
export interface Pushable {
  readonly workspace: Workspace;
  readonly registry: Registry;
  /** The environment for nx: scanner, its database, cosign, and credentials. */
  readonly env: Readonly<Record<string, string>>;
  /** Writes an image with one Python distribution, of which the scanner reads the metadata only. */
  readonly writeComponent: (name: string, urllib3: string) => void;
  readonly stop: () => Promise<void>;
}

/**
 * @param options those of push-manifest for all projects
 * @param signs whether it needs cosign
 */
export async function makePushable(options: object, signs = false): Promise<Pushable> {
  const trivy = installTrivy();
  const cosign = signs ? installCosign() : undefined;
  const workspace = makeWorkspace();
  const registry = await makeRegistry(workspace.path('.nx/registry'), 'memory', true);
  const [, pair = ''] = registry.headers.authorization!.split(' ');
  const [user = '', password = ''] = Buffer.from(pair, 'base64').toString().split(':');
  const database = workspace.path('.nx/advisories');
  unpackAdvisories(database);
  const plugin = { plugin: 'prism', options: { registry: `${registry.host}/team` } };
  const targetDefaults = {
    // One platform: each start of the packed Trivy costs seconds.
    'build-image': { options: { platforms: ['linux/amd64'] } },
    'prism:push-manifest': { options },
  };
  workspace.write('nx.json', JSON.stringify({ plugins: [plugin], analytics: false, targetDefaults }));
  // The database of the tests gets no younger.
  workspace.write('scan-policy.json', JSON.stringify({ maxDatabaseAgeDays: 100_000 }));
  return {
    workspace,
    registry,
    env: {
      PRISM_TRIVY: trivy,
      ...(cosign && { PRISM_COSIGN: cosign }),
      PRISM_SCAN_DB: database,
      PRISM_REGISTRY_USER: user,
      PRISM_REGISTRY_PASSWORD: password,
    },
    writeComponent: (name, urllib3) => {
      const directory = `svc/${name}`;
      workspace.write(
        `${directory}/Containerfile`,
        'FROM scratch\nCOPY packages /usr/lib/python3/dist-packages\nUSER 65532\n',
      );
      workspace.write(`${directory}/package.json`, JSON.stringify({ name, version: '1.0.0' }));
      workspace.write(
        `${directory}/packages/urllib3-${urllib3}.dist-info/METADATA`,
        `Metadata-Version: 2.1\nName: urllib3\nVersion: ${urllib3}\n\n`,
      );
    },
    stop: async () => {
      await registry.stop();
      workspace.remove();
    },
  };
}
