import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { ownerOf } from '@prism-build/stack';
import { type BuildOptions, buildSync } from 'esbuild';
import { busybox } from '../../../../test/support/busybox';
import { engineSettings } from '../../../../test/support/engineSettings';
import { command, describeWith, podman as needsPodman } from '../../../../test/support/needs';
import { installTrivy, unpackAdvisories } from '../../../../test/support/trivy';
import { makeWorkspace, succeeded, type Workspace } from '../../../../test/support/workspace';
import { freePorts } from '../support/freePorts';
import { podman } from '../support/podman';

const { settings } = require('../../compile.cjs') as { settings: BuildOptions };

const stack = (port: number, name: string) => `apiVersion: v1
kind: Pod
metadata: {name: ${name}, labels: {app: api}}
spec:
  terminationGracePeriodSeconds: 0
  containers:
    - name: api
      image: localhost/${name}/api
      ports: [{name: http, containerPort: 8080}]
      readinessProbe: {httpGet: {path: /version, port: http}}
---
apiVersion: v1
kind: Service
metadata: {name: api}
spec: {selector: {app: api}, ports: [{port: ${port}, targetPort: http}]}
`;

describeWith([needsPodman, command('catatonit')], 'deployments of a stack', () => {
  const name = `t${process.pid}`;
  let workspace: Workspace;
  let port: number;
  let env: Record<string, string>;
  const pods = () => podman('pod', 'ls', '--format', '{{.Name}}', '--filter', `name=^${name}`);
  const nx = (...args: string[]) => workspace.nx(args, env);
  const deploy = (observe = 1, ...args: string[]) =>
    nx('deploy', 'shop', `--observe=${observe}`, '--timeout=20', ...args);
  const version = async () => (await fetch(`http://127.0.0.1:${port}/version`)).text();
  const serve = '"/busybox", "httpd", "-f", "-p", "8080", "-h", "/www"';
  const crash = '"/busybox", "sh", "-c", "/busybox httpd -p 8080 -h /www; /busybox sleep 2; exit 3"';
  const write = (text: string, entrypoint = serve, urllib3 = '99.0.0') => {
    workspace.write('svc/api/www/version', text);
    workspace.write(
      'svc/api/Containerfile',
      `FROM scratch\nCOPY busybox /busybox\nCOPY www /www\nCOPY packages /usr/lib/python3/dist-packages\nUSER 65532:65532\nENTRYPOINT [${entrypoint}]\n`,
    );
    workspace.write(
      'svc/api/packages/urllib3.dist-info/METADATA',
      `Metadata-Version: 2.1\nName: urllib3\nVersion: ${urllib3}\n\n`,
    );
  };
  const history = async () => {
    const { output } = await nx('history', 'shop', '--json');
    const { deployments } = JSON.parse(output.slice(output.indexOf('{'), output.lastIndexOf('}') + 1));
    return deployments.map((one: { number: number; state: string }) => `${one.number} ${one.state}`);
  };
  const listen = (at: number) =>
    new Promise<Server>((resolve) => {
      const server = createServer();
      server.listen(at, '127.0.0.1', () => resolve(server));
    });
  /** The image that was built last, as a deployment names it. */
  const built = () => {
    const { index, platforms } = JSON.parse(workspace.read('dist/images/api/digest.json'));
    const reference = `localhost/${name}/api`;
    return {
      ...{
        container: 'api',
        reference,
        project: 'api',
        digest: index.digest,
        config: platforms[0].config.digest,
      },
      ...{ name: `${reference}:sha-${index.digest.slice(7, 19)}`, at: { file: 'deploy/shop/stack.yaml' } },
    };
  };
  const images: ReturnType<typeof built>[] = [];
  /** As if the image that was built last had been pushed to a registry that does not answer; returns its name there. */
  const writeReceipt = () => {
    const { digest } = built();
    const place = { registry: '127.0.0.1:1', repository: 'team/api', digest };
    const gate = { scan: 'allow', digest, commit: null, clean: null, audit: `1:${digest}` };
    const what = { image: 'api', platforms: {}, blobs: [], tags: [], pushedAt: new Date().toISOString() };
    workspace.write(
      'dist/push/api/receipt.json',
      JSON.stringify({ schemaVersion: 1, ...place, ...what, gate }),
    );
    return `${place.registry}/${place.repository}@${digest}`;
  };

  beforeAll(async () => {
    workspace = makeWorkspace();
    const architecture = process.arch === 'x64' ? 'amd64' : process.arch;
    const targetDefaults = { 'build-image': { options: { platforms: [`linux/${architecture}`] } } };
    const plugins = [{ plugin: 'prism', options: { prefix: name } }];
    workspace.write('nx.json', JSON.stringify({ plugins, analytics: false, targetDefaults }));
    // The database of the tests gets no younger, and no package has busybox.
    const policy = { maxDatabaseAgeDays: 100_000, notAssessable: 'allow' };
    workspace.write('scan-policy.json', JSON.stringify(policy));
    const targets = { 'verify-image': { options: { retries: 0 } } };
    workspace.write('svc/api/project.json', JSON.stringify({ name: 'api', targets }));
    const rule = { repositories: ['127.0.0.1:1/team'], keys: ['cosign.pub'], require: [] };
    workspace.write('verify-policy.json', JSON.stringify({ rules: [rule] }));
    workspace.write('svc/api/busybox', readFileSync(busybox(architecture)), 0o755);
    env = { PRISM_TRIVY: installTrivy(), PRISM_SCAN_DB: unpackAdvisories(workspace.path('.nx/advisories')) };
    [port = 0] = await freePorts(1);
    workspace.write('deploy/shop/stack.yaml', stack(port, name));
  });
  afterAll(() => {
    const quietly = (work: () => unknown) => {
      try {
        work();
      } catch {
        // It is not there.
      }
    };
    for (const pod of [name, `${name}-next`]) quietly(() => podman('pod', 'rm', '--force', '--time=0', pod));
    quietly(() =>
      podman(
        'rmi',
        '--force',
        ...podman('images', '--quiet', '--filter', `reference=localhost/${name}/api`).split('\n'),
      ),
    );
    workspace.remove();
  });

  test('a port in use: the deployment fails before anything is started', async () => {
    write('one');
    const other = await listen(port);
    const { status, output } = await deploy();
    other.close();
    expect(output).toContain(`STACK_PORT_IN_USE: port ${port} of Service api is in use`);
    expect({ status, pods: pods() }).toEqual({ status: 1, pods: '' });
  });

  test('two at once: one deploys, the other finds it; the next version replaces it, and the gap is said', async () => {
    const both = await Promise.all([deploy(), deploy()]);
    const outputs = both.map(succeeded);
    expect(outputs.filter((text) => text.includes('deployment 1 of shop serves already'))).toHaveLength(1);
    images.push(built());
    write('two');
    expect(succeeded(await deploy())).toMatch(/deployment 2 of shop serves; out of service for [\d.]+ s/);
    expect(await version()).toBe('two');
    images.push(built());
  });

  test('what the gate refuses, and what crashes after it was ready, leaves the version before alone', async () => {
    const started = podman('pod', 'inspect', '--format', '{{.ID}}', name);
    write('bad', serve, '1.26.4');
    // An image that was pushed, and a rule for it: it must have a signature.
    succeeded(await nx('build-image', 'api'));
    const pushed = writeReceipt();
    const refused = await deploy();
    expect(refused.output).toMatch(/PUSH_BLOCKED: the scan blocks api[\s\S]*CVE-2021-33503/);
    expect(refused.output).toContain(`DEPLOY_REFUSED: verify-image refuses ${pushed}`);
    write('crashing', crash);
    const crashed = await deploy(4);
    expect(crashed.output).toMatch(/DEPLOY_UNHEALTHY: api of \w+-next ended [\d.]+ s after it was ready/);
    expect([refused.status, crashed.status, await version(), pods()]).toEqual([1, 1, 'two', name]);
    expect(podman('pod', 'inspect', '--format', '{{.ID}}', name)).toBe(started);
  });

  test('a version that crashes in place of the one before: that one is started again', async () => {
    const { status, output } = await deploy(4, '--no-beside');
    expect(output).toMatch(/DEPLOY_UNHEALTHY: api of \w+ ended/);
    expect(output).toMatch(
      /DEPLOY_ROLLED_BACK: shop runs deployment 2 again, as deployment 4 failed; it was out of service for/,
    );
    expect([status, await version()]).toEqual([1, 'two']);
  });

  test('rollback, from the kept image; up does not replace a deployment', async () => {
    podman('rmi', images[0]!.name);
    expect(succeeded(await nx('rollback', 'shop'))).toContain('deployment 1 of shop serves');
    expect(await version()).toBe('one');
    expect(await history()).toEqual(['4 FAILED', '3 FAILED', '2 FAILED', '1 RUNNING']);
    const up = await nx('up', 'shop');
    expect(up.output).toContain('DEPLOY_RUNS: shop runs as deployment 1');
  });

  test('SIGKILL in the middle of every change, its command of Podman outliving it: the next deploy is right', async () => {
    const program = workspace.path('.nx/deploy.cjs');
    const entry = join(__dirname, '..', 'child', 'deploy.ts');
    buildSync({ ...settings, entryPoints: [entry], outfile: program });
    const [one, two] = images;
    podman('tag', one!.config.slice(7), one!.name);
    const job = (image: typeof one, kill?: object) => {
      const text = JSON.stringify({
        root: workspace.root,
        owner: ownerOf('shop', workspace.root),
        image,
        kill,
      });
      return spawnSync(process.execPath, [program, text], {
        encoding: 'utf8',
        env: { ...process.env, ...engineSettings },
      });
    };
    const wants = (await version()) === 'one' ? [two, one] : [one, two];
    let [change, killed] = [0, true];
    for (; killed; change += 1) {
      const wanted = wants[change % 2];
      const first = job(wanted, { change, after: (change * 37) % 90 });
      killed = first.signal === 'SIGKILL';
      const then = killed ? job(wanted) : first;
      succeeded({ status: then.status, output: `${change}: ${then.stdout}${then.stderr}` });
      expect([await version(), pods()]).toEqual([wanted === one ? 'one' : 'two', name]);
    }
    // tag, the candidate's start and end, the old pod's end, the new one's start.
    expect(change).toBeGreaterThan(5);
  });

  test('down with volumes ends the history, and leaves nothing', async () => {
    const { output } = await nx('down', 'shop', '--volumes');
    expect(output).toContain(`${name} removed`);
    expect(pods()).toBe('');
    expect(podman('images', '--format', '{{.Tag}}', `localhost/${name}/api`)).not.toContain('deployed-');
  });
});
