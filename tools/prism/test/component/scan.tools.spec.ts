import { execFileSync } from 'node:child_process';
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { goText } from '../../../../libs/scan/test/support/packages';
import { goDatabase, installGovulncheck } from '../../../../test/support/govulncheck';
import { makeRegistry, password, type Registry, user } from '../../../../test/support/registry';
import { installTrivy, unpackAdvisories } from '../../../../test/support/trivy';
import { makeWorkspace, type Workspace } from '../../../../test/support/workspace';

let workspace: Workspace;
let registry: Registry;
let trivy: string;
let govulncheck: string;

const env = () => ({
  PRISM_TRIVY: trivy,
  PRISM_GOVULNCHECK: govulncheck,
  PRISM_SCAN_DB: workspace.path('.nx/advisories'),
  PRISM_REGISTRY_USER: user,
  PRISM_REGISTRY_PASSWORD: password,
});

beforeAll(async () => {
  trivy = installTrivy();
  govulncheck = installGovulncheck();
  workspace = makeWorkspace();
  registry = await makeRegistry(workspace.path('.nx/registry'));
  unpackAdvisories(workspace.path('.nx/advisories'));
  // One platform: each start of the packed Trivy costs seconds.
  const scanPolicy = { maxDatabaseAgeDays: 1, setuid: 'block' };
  const targetDefaults = { 'build-image': { options: { platforms: ['linux/amd64'] } } };
  workspace.write(
    'nx.json',
    JSON.stringify({ plugins: ['prism'], analytics: false, targetDefaults, 'scan-policy': scanPolicy }),
  );
  // The database of the tests gets no younger. Half of the policy is in nx.json, half in a file of its own.
  workspace.write('scan-policy.json', '{\n  "maxDatabaseAgeDays": 100000\n}\n');
  const leaked = { id: 'github-pat', path: '/usr/lib/python3/dist-packages/settings.ini' };
  const accepted = { ...leaked, owner: 'ann', reason: 'made up', expires: '2999-12-31' };
  workspace.write('svc/new/scan-policy.json', JSON.stringify({ suppressions: [accepted] }));
  writePython('old', 'urllib3', '1.26.4');
  workspace.write('svc/old/requirements.lock', '# made by pip\nurllib3==1.26.4\n');
  writePython('new', 'urllib3', '99.0.0');
  workspace.write('svc/plain/Containerfile', 'FROM scratch\nCOPY hello /hello\nUSER 65532\n');
  workspace.write('svc/plain/hello', 'hello');
  workspace.write('svc/text/Containerfile', 'FROM scratch\nCOPY app /app\nUSER 65532\n');
  workspace.write('svc/text/app', goText('v0.3.6', false), 0o755);
  const second = { govulncheck: { database: '.nx/go' }, unreachable: 'warn' };
  workspace.write('svc/text/scan-policy.json', JSON.stringify(second));
  cpSync(goDatabase, workspace.path('.nx/go'), { recursive: true });
  workspace.write('svc/new/packages/settings.ini', `token=ghp_${'a1B2'.repeat(9)}\n`);
});
afterAll(async () => {
  await registry?.stop();
  workspace?.remove();
});

/** An image with one Python distribution, of which a scanner reads the metadata only. */
function writePython(component: string, name: string, version: string): void {
  const metadata = `${name}-${version}.dist-info/METADATA`;
  workspace.write(
    `svc/${component}/Containerfile`,
    'FROM scratch\nCOPY packages /usr/lib/python3/dist-packages\nUSER 65532\n',
  );
  workspace.write(
    `svc/${component}/packages/${metadata}`,
    `Metadata-Version: 2.1\nName: ${name}\nVersion: ${version}\n\n`,
  );
}

test('known vulnerabilities block, a clean image passes, an unreadable one is not assessable', async () => {
  const ran = await workspace.nx(['run-many', '-t', 'scan', '--configuration=report'], env());
  expect(ran.status).not.toBe(0);
  expect(ran.output).toMatch(/old: blocked/);
  expect(ran.output).toMatch(
    /urllib3 +1\.26\.4 .*svc\/old\/requirements\.lock:2 +require urllib3>=\S+ and run nx g prism:lock --project=old/,
  );
  expect(ran.output).toContain('CVE-2021-33503');
  expect(ran.output).toMatch(/plain: not assessable, blocked\n.*the scanner recognised no package/);
  expect(ran.output).not.toMatch(/new: (blocked|not)/);
  const first = workspace.read('dist/inventory/old/linux-amd64.cdx.json');
  expect(first).toContain('pkg:pypi/urllib3@1.26.4');

  // Of two vulnerabilities of a module, the function of one is in the program.
  expect(ran.output).toContain('CVE-2021-38561 (called: golang.org/x/text/language.Parse)');
  expect(ran.output).toMatch(/note: CVE-2022-32149 in golang\.org\/x\/text v0\.3\.6 does not block/);
  const text = JSON.parse(workspace.read('dist/scan/text.json'));
  expect(text.second.scanner).toMatch(/^govulncheck 1\.1\.4 sha256:/);
  expect(text.findings.find(({ id }: { id: string }) => id === 'CVE-2022-32149')).toMatchObject({
    ...{ state: 'warns', scanners: ['trivy', 'govulncheck'], reachability: { state: 'notCalled' } },
  });

  for (const ending of ['json', 'sarif', 'junit.xml', 'md'])
    expect(workspace.read(`dist/scan/old.${ending}`)).toContain('CVE-2021-33503');
  const sarif = JSON.parse(workspace.read('dist/scan/old.sarif'));
  expect(sarif.runs[0].results[0].locations[0].physicalLocation.region.startLine).toBe(2);
  const alone = await workspace.nx(['scan', 'new', '--json', '--since=dist/scan/new.json'], env());
  expect(alone.output).toContain('"verdict":"allow"');
  expect(alone.output).toContain('"added":[],"gone":[]');
  expect(alone.status).toBe(0);

  const plan = await workspace.nx(['scan', 'new', '--dryRun'], env());
  expect(plan.output).toContain('"maxDatabaseAgeDays": "scan-policy.json:2"');
  expect(plan.output).toContain('"setuid": "nx.json:1"');
  expect(plan.output).toContain('"fixable": "default"');
});

test('without its database, the second scanner blocks', async () => {
  rmSync(workspace.path('.nx/go/ID/GO-2022-1059.json'));
  const ran = await workspace.nx(['scan', 'text'], env());
  expect(ran.status).not.toBe(0);
  expect(ran.output).toMatch(/SCAN_DATABASE_INVALID: .*GO-2022-1059\.json cannot be used/);
});

test('images of a registry are scanned by digest, without reading again what was scanned here', async () => {
  await workspace.nx(['run-many', '-t', 'materialize', '-p', 'old,new,plain']);
  const push = (project: string, name: string) =>
    execFileSync('skopeo', [
      ...['copy', '--quiet', '--all', '--preserve-digests', '--dest-tls-verify=false'],
      ...[`--authfile=${registry.authFile()}`, `oci:${workspace.path(`dist/layouts/${project}`)}`],
      `docker://${registry.host}/${name}`,
    ]);
  for (const project of ['old', 'new', 'plain']) push(project, `team/${project}:1`);
  const digest = (JSON.parse(workspace.read('dist/images/new/digest.json')) as { index: { digest: string } })
    .index.digest;
  const before = registry.requests().length;
  workspace.write(
    'released.txt',
    `# released\n${registry.host}/team/new@${digest}\n${registry.host}/team/old:1\n`,
  );
  const ran = await workspace.nx(
    ['run', 'new:scan', '--images=released.txt', `--image=${registry.host}/team/none:1`],
    env(),
  );
  expect(ran.status).not.toBe(0);
  expect(ran.output).toContain(`team/new@${digest}: allowed`);
  expect(ran.output).toMatch(/team\/old@sha256:[0-9a-f]{64}: blocked/);
  expect(ran.output).toMatch(/team\/none:1: not scanned/);
  expect(ran.output).not.toContain(password);
  expect(ran.output).toMatch(/not allowed:\n.*team\/none:1\n.*team\/old@sha256:[0-9a-f]{64}\n/);
  // Manifests and configurations only: both images were scanned here.
  const layers = ['old', 'new'].flatMap((project) =>
    (
      JSON.parse(workspace.read(`dist/images/${project}/digest.json`)) as {
        platforms: { layers: { digest: string }[] }[];
      }
    ).platforms.flatMap((platform) => platform.layers.map((layer) => layer.digest)),
  );
  const requests = registry.requests().slice(before).join('\n');
  for (const layer of layers) expect(requests).not.toContain(layer);

  // With nothing stored, the layers are fetched; an altered one fails.
  execFileSync('rm', [
    '-rf',
    workspace.path('.prism/scans'),
    workspace.path('.prism/store'),
    workspace.path('dist'),
  ]);
  const hex = layers[0]!.slice('sha256:'.length);
  const blob = join(registry.storage, 'docker/registry/v2/blobs/sha256', hex.slice(0, 2), hex, 'data');
  const bytes = readFileSync(blob);
  writeFileSync(
    blob,
    bytes.map((byte, at) => (at === bytes.length - 1 ? byte ^ 1 : byte)),
  );
  const again = await workspace.nx(
    [
      'run',
      'new:scan',
      '--excludeTaskDependencies',
      `--image=${registry.host}/team/old:1`,
      `--image=${registry.host}/team/plain:1`,
    ],
    env(),
  );
  expect(again.status).not.toBe(0);
  expect(again.output).toMatch(/team\/old:1: not scanned/);
  expect(again.output).toMatch(/team\/plain@sha256:[0-9a-f]{64}: not assessable/);
});
