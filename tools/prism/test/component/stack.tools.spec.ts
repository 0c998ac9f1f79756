import { execFileSync } from 'node:child_process';
import { createServer, type Server } from 'node:net';
import { goSettings } from '../../../../test/support/goSettings';
import { command, describeWith, podman as needsPodman } from '../../../../test/support/needs';
import { makeWorkspace, until, type Workspace } from '../../../../test/support/workspace';
import { freePorts } from '../support/freePorts';
import { podman } from '../support/podman';

/** Serves HTTP and a bare gRPC health check; writes to its volume; `health` is its own probe. */
const program = `package main

import (
	"fmt"
	"net/http"
	"os"
	"time"
)

func main() {
	if len(os.Args) > 1 && os.Args[1] == "health" {
		answer, err := http.Get("http://127.0.0.1:8080/health")
		if err != nil || answer.StatusCode != 200 {
			os.Exit(1)
		}
		return
	}
	text, err := os.ReadFile("/etc/say/greeting.txt")
	fmt.Println("greeting", string(text), err, os.Getenv("WORD"), os.Getenv("PASSWORD"), os.Getuid())
	before, _ := os.ReadFile("/data/count")
	fmt.Println("starts", len(before), os.WriteFile("/data/count", append(before, '.'), 0o644))
	fmt.Println("scratch", os.WriteFile("/tmp/x", nil, 0o644) == nil, "root", os.WriteFile("/x", nil, 0o644) == nil)
	begin := time.Now()
	http.HandleFunc("/health", func(w http.ResponseWriter, r *http.Request) {
		if time.Since(begin) < 300*time.Millisecond || os.Getenv("WORD") == "never" {
			w.WriteHeader(503)
		}
	})
	http.ListenAndServe(":8080", nil)
}
`;

const stack = (port: number, name: string, secret: string) => `apiVersion: v1
kind: ConfigMap
metadata: {name: say}
data: {greeting.txt: hello, WORD: said}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Mi}}}
---
apiVersion: v1
kind: Pod
metadata: {name: ${name}, labels: {app: say}}
spec:
  terminationGracePeriodSeconds: 1
  securityContext: {runAsNonRoot: true}
  containers:
    - name: say
      image: localhost/${name}/say
      env:
        - {name: PASSWORD, valueFrom: {secretKeyRef: {name: ${secret}, key: word}}}
      envFrom: [{configMapRef: {name: say}}]
      ports: [{name: http, containerPort: 8080}]
      startupProbe: {exec: {command: [/say, health]}, timeoutSeconds: 5}
      readinessProbe: {httpGet: {path: /health, port: http}}
      securityContext: {readOnlyRootFilesystem: true, allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}
      volumeMounts:
        - {name: say, mountPath: /etc/say}
        - {name: data, mountPath: /data}
        - {name: tmp, mountPath: /tmp}
  volumes:
    - {name: say, configMap: {name: say}}
    - {name: data, persistentVolumeClaim: {claimName: data}}
    - {name: tmp, emptyDir: {}}
---
apiVersion: v1
kind: Service
metadata: {name: say}
spec: {selector: {app: say}, ports: [{port: ${port}, targetPort: http}]}
`;

describeWith([needsPodman, command('catatonit'), command('go', 'golang-go')], 'a stack', () => {
  const name = `t${process.pid}`;
  const secret = `${name}-secret`;
  let workspace: Workspace;
  let port: number;
  const nx = (...args: string[]) => workspace.nx(args);
  const pods = () => podman('pod', 'ls', '--format', '{{.Name}}', '--filter', `name=^${name}`);
  const volumes = () =>
    podman('volume', 'ls', '--quiet', '--filter', `name=^${name}\\.`).split('\n').filter(Boolean);
  const write = (change: (text: string) => string = (text) => text) =>
    workspace.write('deploy/shop/stack.yaml', change(stack(port, name, secret)));
  const listen = (at: number) =>
    new Promise<Server>((resolve) => {
      const server = createServer();
      server.listen(at, '127.0.0.1', () => resolve(server));
    });

  beforeAll(async () => {
    workspace = makeWorkspace();
    const options = { plugins: [{ plugin: 'prism', options: { prefix: name } }], analytics: false };
    workspace.write('nx.json', JSON.stringify(options));
    workspace.write('svc/say/main.go', program);
    workspace.write('svc/say/go.mod', 'module say\n\ngo 1.22\n');
    execFileSync('go', ['build', '-o', 'say', '.'], {
      cwd: workspace.path('svc/say'),
      env: { ...process.env, ...goSettings },
    });
    const architecture = process.arch === 'x64' ? 'amd64' : process.arch;
    const project = {
      name: 'say',
      targets: { 'build-image': { options: { platforms: [`linux/${architecture}`] } } },
    };
    workspace.write('svc/say/project.json', JSON.stringify(project));
    workspace.write(
      'svc/say/Containerfile',
      'FROM scratch\nCOPY say /say\nUSER 65532:65532\nEXPOSE 8080\nENTRYPOINT ["/say"]\n',
    );
    [port = 0] = await freePorts(1);
    write();
  });
  afterAll(() => {
    const quietly = (work: () => unknown) => {
      try {
        work();
      } catch {
        // It is not there.
      }
    };
    quietly(() => podman('pod', 'rm', '--force', '--time=0', name));
    quietly(() => podman('volume', 'rm', ...volumes()));
    quietly(() => podman('secret', 'rm', secret));
    const tags = podman('images', '--format', '{{.Repository}}:{{.Tag}}', `localhost/${name}/say`);
    quietly(() => podman('rmi', '--force', ...tags.split('\n')));
    workspace.remove();
  });

  test('without its secret, nothing is started', async () => {
    const { status, output } = await nx('up', 'shop');
    expect(output).toContain(
      `deploy/shop/stack.yaml:21: STACK_SECRET_MISSING: Podman has no secret ${secret}`,
    );
    expect(status).toBe(1);
    expect([pods(), volumes()]).toEqual(['', []]);
    // Podman takes no socket as standard input, and Node gives one.
    workspace.write('tmp/secret', JSON.stringify({ word: Buffer.from('hidden').toString('base64') }));
    podman('secret', 'create', secret, workspace.path('tmp/secret'));
  });

  test('a port in use: nothing is started', async () => {
    const other = await listen(port);
    const { status, output } = await nx('up', 'shop');
    other.close();
    expect(output).toMatch(new RegExp(`STACK_PORT_IN_USE: port ${port} of Service say is in use`));
    expect(status).toBe(1);
    expect([pods(), volumes()]).toEqual(['', []]);
  });

  test('up waits for the probes; a second one finds it; a change of the file is not taken for it', async () => {
    const { status, output } = await nx('up', 'shop');
    expect(output).toMatch(
      new RegExp(`say +${name}/say:sha-[0-9a-f]{12} +running +[\\d.]+ s +127.0.0.1:${port} -> 8080/tcp`),
    );
    expect(status).toBe(0);
    expect((await fetch(`http://127.0.0.1:${port}/health`)).status).toBe(200);
    expect(await nx('up', 'shop')).toMatchObject({ status: 0 });
    write((text) => text.replace('said', 'changed'));
    const changed = await nx('up', 'shop');
    expect(changed.output).toContain('STACK_EXISTS');
    expect(changed.output).toContain('npx nx restart shop');
    expect(changed.status).toBe(1);
    write();
  });

  test('status and logs', async () => {
    const { status, output } = await nx('status', 'shop', '--json');
    expect(status).toBe(0);
    const json = JSON.parse(output.slice(output.indexOf('{'), output.lastIndexOf('}') + 1));
    expect(json).toMatchObject({
      stack: name,
      up: true,
      ready: true,
      containers: [{ container: 'say', restarts: 0 }],
    });
    const logs = await nx('logs', 'shop');
    expect(logs.output).toContain(`${name}-say greeting hello <nil> said hidden 65532`);
    expect(logs.output).toContain('starts 0 <nil>');
    expect(logs.output).toContain('scratch true root false');
  });

  test('restart with a probe that never answers: its last lines, and nothing is left but the claim', async () => {
    write((text) => text.replace('said', 'never'));
    const { status, output } = await nx('restart', 'shop', '--timeout=2');
    expect(output).toContain(`STACK_NOT_READY: say of ${name} was not ready within 2 s`);
    expect(output).toContain('startupProbe, /say health');
    expect(output).toMatch(/say, last lines:\n {4}greeting hello <nil> never/);
    expect(status).toBe(1);
    expect(pods()).toBe('');
    expect(volumes()).toEqual([`${name}.claim.data`]);
    write();
  });

  test('up that is killed: the next command finds what it left, and the files of the claim are there', async () => {
    const running = workspace.start(['up', 'shop', '--output-style=stream']);
    await until('the pod is there', () => pods() !== '');
    running.killAll('SIGKILL');
    await running.ended;
    const { status, output } = await nx('restart', 'shop');
    expect({ status, output }).toEqual({ status: 0, output: expect.any(String) });
    expect((await nx('logs', 'shop')).output).toMatch(/starts [1-9]\d* <nil>/);
  });

  test('down is idempotent, and keeps claims unless asked', async () => {
    const first = await nx('down', 'shop');
    expect(first.output).toContain(`${name} removed`);
    expect(volumes()).toEqual([`${name}.claim.data`]);
    const second = await nx('down', 'shop', '--volumes');
    expect(second.output).toContain('shop is not up, with 1 volume');
    expect(second.status).toBe(0);
    expect([pods(), volumes()]).toEqual(['', []]);
    expect(await nx('status', 'shop')).toMatchObject({ status: 1 });
  });
});
