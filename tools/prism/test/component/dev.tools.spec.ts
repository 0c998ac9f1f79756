import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { engineSettings } from '../../../../test/support/engineSettings';
import { goSettings } from '../../../../test/support/goSettings';
import { command, describeWith, go as needsGo, podman as needsPodman } from '../../../../test/support/needs';
import { repository } from '../../../../test/support/plugin';
import { makeWorkspace, type Running, until, type Workspace } from '../../../../test/support/workspace';

const program = (word: string, port: number) => `package main

import (
	"fmt"
	"net/http"
	"os"
)

func main() {
	if "${word}" == "crash" {
		os.Exit(3)
	}
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, "${word} ", os.Getuid(), " ", os.Getpid() == 1, " ", os.Getenv("FROM_IMAGE"))
	})
	http.Handle("/www/", http.FileServer(http.Dir("/srv")))
	http.ListenAndServe(":${port}", nil)
}
`;
const containerfile = (port: number, value: string) => `FROM localhost/prism/base-go-builder AS compile
WORKDIR /src
COPY go.mod *.go ./
RUN ["compile-go", "."]
FROM scratch
COPY --from=compile /out/say /say
COPY www /srv/www
ENV FROM_IMAGE=${value}
USER 7:7
EXPOSE ${port}
ENTRYPOINT ["/say"]
`;

const stack = (port: number, name: string) => `apiVersion: v1
kind: Pod
metadata: {name: ${name}, labels: {app: shop}}
spec:
  terminationGracePeriodSeconds: 1
  containers:
    - name: say
      image: localhost/${name}/say
      env: [{name: FROM_IMAGE, value: said}]
      ports: [{name: http, containerPort: ${port}}]
      readinessProbe: {httpGet: {path: /, port: http}}
      securityContext: {readOnlyRootFilesystem: true}
---
apiVersion: v1
kind: Service
metadata: {name: say}
spec: {selector: {app: shop}, ports: [{port: ${port}, targetPort: http}]}
`;

describeWith([needsPodman, needsGo, command('catatonit')], 'nx dev', () => {
  const prefix = `d${process.pid}`;
  let workspace: Workspace;
  let port: number;
  let dev: Running & { readonly output: () => string };
  const podman = (...args: string[]) =>
    execFileSync('podman', args, { encoding: 'utf8', env: { ...process.env, ...engineSettings } }).trim();
  const containers = () => podman('ps', '--all', '--format', '{{.Names}}', '--filter', `name=^${prefix}-`);
  const get = async (path: string) => {
    try {
      return await (await fetch(`http://127.0.0.1:${port}${path}`)).text();
    } catch {
      return '';
    }
  };
  /** As editors do: a new file takes the place of the old one. */
  const edit = (name: string, text: string) => {
    writeFileSync(workspace.path(`${name}.swp`), text);
    renameSync(workspace.path(`${name}.swp`), workspace.path(name));
  };
  const answers = async (path: string, text: string) => {
    let seen = '';
    const end = Date.now() + 60_000;
    while (seen !== text && Date.now() < end) {
      seen = await get(path);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect(seen).toBe(text);
  };
  const start = async (project: string, ...options: string[]) => {
    const running = workspace.start(['dev', project, '--output-style=stream', ...options], {
      ...engineSettings,
      PRISM_CACHE_DIR: process.env.PRISM_CACHE_DIR ?? join(goSettings.GOCACHE!, '..'),
    });
    let output = '';
    for (const stream of [running.child.stdout!, running.child.stderr!])
      stream.on('data', (chunk) => (output += String(chunk)));
    dev = { ...running, output: () => output };
    await until('it is ready', () => /say ready after/.test(output) || running.child.exitCode !== null);
  };

  beforeAll(async () => {
    workspace = makeWorkspace();
    const options = { plugins: [{ plugin: 'prism', options: { prefix } }], analytics: false };
    workspace.write('nx.json', JSON.stringify(options));
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    port = (server.address() as { port: number }).port;
    await new Promise((resolve) => server.close(resolve));
    workspace.write(
      'containerfiles/go-builder/pin.json',
      readFileSync(join(repository, 'containerfiles/go-builder/pin.json')),
    );
    const platforms = [`linux/${process.arch === 'x64' ? 'amd64' : process.arch}`];
    workspace.write(
      'svc/say/project.json',
      JSON.stringify({
        name: 'say',
        targets: {
          compile: { options: { platforms } },
          'build-image': { options: { platforms } },
          bench: { options: { probe: `http://127.0.0.1:${port}/` } },
          test: { command: 'grep -c five main.go', options: { cwd: '{projectRoot}' } },
        },
      }),
    );
    workspace.write('svc/say/go.mod', 'module say\n\ngo 1.22\n');
    workspace.write('svc/say/main.go', program('one', port));
    workspace.write('svc/say/www/page.html', 'page one');
    workspace.write('svc/say/Containerfile', containerfile(port, 'a'));
  });
  afterAll(() => {
    dev?.killAll('SIGKILL');
    if (containers() !== '') podman('rm', '--force', '--time=0', ...containers().split('\n'));
    if (podman('pod', 'ls', '--quiet', '--filter', `name=^${prefix}$`) !== '')
      podman('pod', 'rm', '--force', '--time=0', prefix);
    const left = podman('images', '--quiet', '--filter', `reference=localhost/${prefix}/*`);
    if (left !== '') podman('rmi', '--force', ...new Set(left.split('\n')));
    workspace.remove();
  });

  test('runs the image as it is, with another first process', async () => {
    await start('say', '--idle=1');
    await answers('/', 'one 7 false a');
    expect(await get('/www/page.html')).toBe('page one');
  });

  test('an edit is answered by the new program in the same container', async () => {
    const before = podman('inspect', '--format={{.Id}}', `${prefix}-say`);
    edit('svc/say/main.go', program('two', port));
    await answers('/', 'two 7 false a');
    await until('it is said', () => /say ready after [\d.]+ s \([\d.]+ s for say\)/.test(dev.output()));
    expect(podman('inspect', '--format={{.Id}}', `${prefix}-say`)).toBe(before);
  });

  test('a file of a page is replaced, and the program goes on', async () => {
    const starts = () => dev.output().split('say ready after').length;
    const before = starts();
    edit('svc/say/www/page.html', 'page two');
    workspace.write('svc/say/www/below/new.html', 'a new one');
    await answers('/www/page.html', 'page two');
    await answers('/www/below/new.html', 'a new one');
    expect(starts()).toBe(before);
  });

  test('what does not compile is shown with its line, and the last good program goes on', async () => {
    edit('svc/say/main.go', program('three', port).replace('http.Handle(', 'http.Handel('));
    await until('it is said', () => dev.output().includes('say stays as it was'));
    expect(dev.output()).toContain('svc/say/main.go:16: COMPILE_FAILED');
    expect(await get('/')).toBe('two 7 false a');
  });

  test('a program that ends is said, and the next edit starts it again', async () => {
    edit('svc/say/main.go', program('crash', port));
    await until('it is said', () => dev.output().includes('say ended with status 3'));
    edit('svc/say/main.go', program('four', port));
    await answers('/', 'four 7 false a');
  });

  test('when idle, the image is built, and is that of its own target', async () => {
    const file = () => JSON.parse(workspace.read('dist/images/say/digest.json')).index.digest as string;
    await until('it is built', () => dev.output().includes(`the image is ${file()}`));
    const layer = execFileSync('find', [workspace.path('dist/images/say/blobs'), '-type', 'f'], {
      encoding: 'utf8',
    });
    expect(layer).not.toBe('');
    expect(podman('image', 'inspect', '--format={{.Config.Entrypoint}}', `localhost/${prefix}/say`)).toBe(
      '[/say]',
    );
  });

  test('another Containerfile gets another container', async () => {
    edit('svc/say/Containerfile', containerfile(port, 'b'));
    await answers('/', 'four 7 false b');
  });

  test('Ctrl-C leaves nothing behind', async () => {
    dev.killAll('SIGINT');
    await dev.ended;
    await until('the container is gone', () => containers() === '');
    await until('its files are gone', () => readdirSync(workspace.path('.prism/dev/say')).length === 0);
  });

  test('after a kill, the next one ends what it left', async () => {
    await start('say', '--idle=0');
    const before = podman('inspect', '--format={{.Id}}', `${prefix}-say`);
    dev.killAll('SIGKILL');
    // Not until its pipes are closed: the container has them.
    await until('nx is gone', () => dev.child.exitCode !== null || dev.child.signalCode !== null);
    await start('say', '--idle=0', '--test');
    expect(dev.output()).toContain('the run that it belonged to was killed');
    expect(podman('inspect', '--format={{.Id}}', `${prefix}-say`)).not.toBe(before);
    expect(readdirSync(workspace.path('.prism/dev/say'))).toHaveLength(1);
    edit('svc/say/main.go', program('five', port));
    await answers('/', 'five 7 false b');
    await until('tests ran', () => dev.output().includes('say: tests passed'));
    dev.killAll('SIGTERM');
    await dev.ended;
    await until('the container is gone', () => containers() === '');
  });

  test('a stack: an edit is answered in the same pod, and Ctrl-C removes the pod', async () => {
    workspace.write('deploy/shop/stack.yaml', stack(port, prefix));
    await start('shop', '--idle=0');
    await answers('/', 'five 7 false said');
    const pod = () => podman('pod', 'ls', '--quiet', '--filter', `name=^${prefix}$`);
    const before = pod();
    expect(before).not.toBe('');
    edit('svc/say/main.go', program('six', port));
    await answers('/', 'six 7 false said');
    expect(pod()).toBe(before);
    dev.killAll('SIGINT');
    await dev.ended;
    await until('the pod is gone', () => pod() === '');
  });
});
