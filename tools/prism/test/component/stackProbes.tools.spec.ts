import { execFileSync } from 'node:child_process';
import { copyFileSync } from 'node:fs';
import { engineSettings } from '../../../../test/support/engineSettings';
import { compileFixture } from '../../../../test/support/goFixture';
import { command, describeWith, go, podman as needsPodman } from '../../../../test/support/needs';
import { makeWorkspace, type Workspace } from '../../../../test/support/workspace';

const stack = (name: string) => `apiVersion: v1
kind: Pod
metadata: {name: ${name}}
spec:
  terminationGracePeriodSeconds: 1
  containers:
    - name: health
      image: localhost/${name}/probes
      args: [grpc, ":50100"]
      startupProbe: {tcpSocket: {port: 50100}}
      readinessProbe: {grpc: {port: 50100, service: words}}
    - name: bare
      image: localhost/${name}/probes
      args: [tcp, ":6000"]
      ports: [{name: bare, containerPort: 6000}]
      readinessProbe: {tcpSocket: {port: bare}}
`;

describeWith([needsPodman, command('catatonit'), go], 'probes and logs of several containers', () => {
  const name = `p${process.pid}`;
  let workspace: Workspace;
  const nx = (...args: string[]) => workspace.nx(args);
  const quietly = (args: readonly string[]) => {
    try {
      execFileSync('podman', args, { env: { ...process.env, ...engineSettings }, stdio: 'ignore' });
    } catch {
      // It is not there.
    }
  };

  beforeAll(() => {
    workspace = makeWorkspace();
    const options = { plugins: [{ plugin: 'prism', options: { prefix: name } }], analytics: false };
    workspace.write('nx.json', JSON.stringify(options));
    const architecture = process.arch === 'x64' ? 'amd64' : process.arch;
    const platforms = { 'build-image': { options: { platforms: [`linux/${architecture}`] } } };
    workspace.write('probes/project.json', JSON.stringify({ name: 'probes', targets: platforms }));
    workspace.write('probes/Containerfile', 'FROM scratch\nCOPY probes /probes\nENTRYPOINT ["/probes"]\n');
    const program = compileFixture('probes', ['go.mod', 'go.sum', 'main.go']);
    copyFileSync(program, workspace.path('probes/probes'));
    workspace.write('shop/stack.yaml', stack(name));
  }, 300_000);
  afterAll(() => {
    quietly(['pod', 'rm', '--force', '--time=0', name]);
    const tags = execFileSync('podman', ['images', '--format', '{{.Repository}}:{{.Tag}}'], {
      encoding: 'utf8',
      env: { ...process.env, ...engineSettings },
    });
    for (const tag of tags.split('\n').filter((one) => one.startsWith(`localhost/${name}/`)))
      quietly(['rmi', tag]);
    workspace.remove();
  });

  test('up waits for gRPC health of a service and for bare ports, of a real server', async () => {
    const { status, output } = await nx('up', 'shop');
    expect({ status, output }).toEqual({ status: 0, output: expect.any(String) });
    const after = (container: string) =>
      Number(new RegExp(`^ +${container} +\\S+ +running +([\\d.]+) s`, 'm').exec(output)?.[1]);
    // It listens after 0.3 s, and serves half a second later.
    expect(after('health')).toBeGreaterThanOrEqual(0.8);
    expect(after('bare')).toBeGreaterThanOrEqual(0.3);
  });

  test('logs: of all containers, each line with its container; of one; the last lines', async () => {
    const { output } = await nx('logs', 'shop');
    for (const line of ['health grpc starts', 'health grpc serves', 'bare tcp listens'])
      expect(output).toContain(`${name}-${line}\n`);
    const one = (await nx('logs', 'shop', '--container=bare')).output;
    expect([one.includes('tcp starts'), one.includes('grpc')]).toEqual([true, false]);
    const last = (await nx('logs', 'shop', '--tail=1')).output;
    expect([last.includes('starts'), last.includes('grpc serves'), last.includes('tcp listens')]).toEqual([
      ...[false, true, true],
    ]);
  });

  test('a gRPC service that the server does not know is not ready, and the reason is shown', async () => {
    workspace.write('shop/stack.yaml', stack(name).replace('service: words', 'service: wrods'));
    const { status, output } = await nx('restart', 'shop', '--timeout=2');
    expect(output).toContain(`STACK_NOT_READY: health of ${name} was not ready within 2 s`);
    expect(output).toContain('readinessProbe, grpc.health.v1 on port 50100 for wrods');
    expect(status).toBe(1);
  });
});
