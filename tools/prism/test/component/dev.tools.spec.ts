import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { command, describeWith, go as needsGo, podman as needsPodman } from '../../../../test/support/needs';
import { repository } from '../../../../test/support/plugin';
import { until } from '../../../../test/support/workspace';
import { type DevLoop, host, openDevLoop } from '../support/devLoop';
import { freePorts } from '../support/freePorts';

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

const stackFile = 'deploy/shop/stack.yaml';
const stack = (port: number, name: string, { component = 'say', published = port } = {}) => `apiVersion: v1
kind: Pod
metadata: {name: ${name}, labels: {app: shop}}
spec:
  terminationGracePeriodSeconds: 1
  containers:
    - name: ${component}
      image: localhost/${name}/${component}
      env: [{name: FROM_IMAGE, value: said}]
      ports: [{name: http, containerPort: ${port}}]
      readinessProbe: {httpGet: {path: /, port: http}}
      securityContext: {readOnlyRootFilesystem: true}
---
apiVersion: v1
kind: Service
metadata: {name: say}
spec: {selector: {app: shop}, ports: [{port: ${published}, targetPort: http}]}
`;

describeWith([needsPodman, needsGo, command('catatonit')], 'nx dev', () => {
  const prefix = `d${process.pid}`;
  let loop: DevLoop;
  let port: number;
  const start = (project: string, ...options: string[]) => loop.start(project, /say ready after/, ...options);
  const edit = (name: string, text: string) => loop.edit(name, text);
  const answers = (path: string, text: string) => loop.answers(port, path, text);
  const get = (path: string) => loop.get(port, path);
  const podman = (...args: string[]) => loop.podman(...args);

  beforeAll(async () => {
    loop = openDevLoop(prefix);
    [port = 0] = await freePorts(1);
    loop.workspace.write(
      'containerfiles/go-builder/pin.json',
      readFileSync(join(repository, 'containerfiles/go-builder/pin.json')),
    );
    const platforms = [host];
    loop.workspace.write(
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
    loop.workspace.write('svc/say/go.mod', 'module say\n\ngo 1.22\n');
    loop.workspace.write('svc/say/main.go', program('one', port));
    loop.workspace.write('svc/say/www/page.html', 'page one');
    loop.workspace.write('svc/say/Containerfile', containerfile(port, 'a'));
  });
  afterAll(() => loop.remove());

  test('runs the image as it is, with another first process', async () => {
    await start('say', '--idle=1');
    await answers('/', 'one 7 false a');
    expect(await get('/www/page.html')).toBe('page one');
  });

  test('an edit is answered by the new program in the same container', async () => {
    const before = podman('inspect', '--format={{.Id}}', `${prefix}-say`);
    edit('svc/say/main.go', program('two', port));
    await answers('/', 'two 7 false a');
    await until('it is said', () => /say ready after [\d.]+ s \([\d.]+ s for say\)/.test(loop.output()));
    expect(podman('inspect', '--format={{.Id}}', `${prefix}-say`)).toBe(before);
  });

  test('a file of a page is replaced, and the program goes on', async () => {
    const starts = () => loop.output().split('say ready after').length;
    const before = starts();
    edit('svc/say/www/page.html', 'page two');
    loop.workspace.write('svc/say/www/below/new.html', 'a new one');
    await answers('/www/page.html', 'page two');
    await answers('/www/below/new.html', 'a new one');
    expect(starts()).toBe(before);
  });

  test('what does not compile is shown with its line, and the last good program goes on', async () => {
    edit('svc/say/main.go', program('three', port).replace('http.Handle(', 'http.Handel('));
    await until('it is said', () => loop.output().includes('say stays as it was'));
    expect(loop.output()).toContain('svc/say/main.go:16: COMPILE_FAILED');
    expect(await get('/')).toBe('two 7 false a');
    edit('svc/say/go.mod', 'module say\n\ngo 1.22\n\nrequires other v1.0.0\n');
    await until('it is said', () => /svc\/say\/go\.mod:5: [A-Z_]+: /.test(loop.output()));
    expect(await get('/')).toBe('two 7 false a');
    edit('svc/say/go.mod', 'module say\n\ngo 1.22\n');
  });

  test('a program that ends before it is ready is said, and the last good one starts again', async () => {
    edit('svc/say/main.go', program('crash', port));
    const said = 'say ended with status 3; the last good version starts again';
    await until('it is said', () => loop.output().includes(said));
    await answers('/', 'two 7 false a');
    edit('svc/say/main.go', program('four', port));
    await answers('/', 'four 7 false a');
  });

  test('when idle, the image is built, and is that of its own target', async () => {
    const file = () => JSON.parse(loop.workspace.read('dist/images/say/digest.json')).index.digest as string;
    await until('it is built', () => loop.output().includes(`the image is ${file()}`));
    const layer = execFileSync('find', [loop.workspace.path('dist/images/say/blobs'), '-type', 'f'], {
      encoding: 'utf8',
    });
    expect(layer).not.toBe('');
    expect(podman('image', 'inspect', '--format={{.Config.Entrypoint}}', `localhost/${prefix}/say`)).toBe(
      '[/say]',
    );
  });

  test('a wrong Containerfile is shown with its line, and the container goes on', async () => {
    const before = podman('inspect', '--format={{.Id}}', `${prefix}-say`);
    const wrong = containerfile(port, 'a').replace('COPY www /srv/www', 'COPPY www /srv/www');
    edit('svc/say/Containerfile', wrong);
    await until('it is said', () => /another image is needed[\s\S]*say stays as it was/.test(loop.output()));
    expect(loop.output()).toMatch(/svc\/say\/Containerfile:7: CONTAINERFILE_UNKNOWN_INSTRUCTION/);
    expect(podman('inspect', '--format={{.Id}}', `${prefix}-say`)).toBe(before);
  });

  test('another Containerfile gets another container', async () => {
    edit('svc/say/Containerfile', containerfile(port, 'b'));
    await answers('/', 'four 7 false b');
  });

  test('Ctrl-C leaves nothing behind', async () => {
    loop.running().killAll('SIGINT');
    await loop.running().ended;
    await until('the container is gone', () => loop.containers() === '');
    await until('its files are gone', () => loop.sessions('say').length === 0);
  });

  test('after a kill, the next one ends what it left', async () => {
    await start('say', '--idle=0');
    const before = podman('inspect', '--format={{.Id}}', `${prefix}-say`);
    loop.running().killAll('SIGKILL');
    // Not until its pipes are closed: the container has them.
    await until(
      'nx is gone',
      () => loop.running().child.exitCode !== null || loop.running().child.signalCode !== null,
    );
    await start('say', '--idle=0', '--test');
    expect(loop.output()).toContain('the run that it belonged to was killed');
    expect(podman('inspect', '--format={{.Id}}', `${prefix}-say`)).not.toBe(before);
    expect(loop.sessions('say')).toHaveLength(1);
    edit('svc/say/main.go', program('five', port));
    await answers('/', 'five 7 false b');
    await until('tests ran', () => loop.output().includes('say: tests passed'));
    loop.running().killAll('SIGTERM');
    await loop.running().ended;
    await until('the container is gone', () => loop.containers() === '');
  });

  test('a stack: an edit is answered in the same pod', async () => {
    loop.workspace.write(stackFile, stack(port, prefix));
    await start('shop', '--idle=0');
    await answers('/', 'five 7 false said');
    const before = loop.pod();
    expect(before).not.toBe('');
    edit('svc/say/main.go', program('six', port));
    await answers('/', 'six 7 false said');
    expect(loop.pod()).toBe(before);
  });

  test('stack.yaml: another port is published, and the former one is free', async () => {
    const [other = 0] = await freePorts(1);
    edit(stackFile, stack(port, prefix, { published: other }));
    await loop.answers(other, '/', 'six 7 false said');
    expect(await get('/')).toBe('');
    edit('svc/say/main.go', program('seven', port));
    await loop.answers(other, '/', 'seven 7 false said');
    edit(stackFile, stack(port, prefix));
    await answers('/', 'seven 7 false said');
  });

  test('stack.yaml: the only component makes way for another one, which is edited then', async () => {
    const { workspace } = loop;
    const own = (text: string) => text.replaceAll(/\bsay\b/g, 'tell');
    for (const name of ['project.json', 'go.mod', 'Containerfile'])
      workspace.write(`svc/tell/${name}`, own(workspace.read(`svc/say/${name}`)));
    workspace.write('svc/tell/www/page.html', 'page of another');
    workspace.write('svc/tell/main.go', program('told', port));
    edit(stackFile, stack(port, prefix, { component: 'tell' }));
    await answers('/', 'told 7 false said');
    const pod = loop.pod();
    edit('svc/tell/main.go', program('told again', port));
    await answers('/', 'told again 7 false said');
    // Of this component nothing runs any more.
    edit('svc/say/main.go', program('eight', port));
    edit('svc/tell/www/page.html', 'another page');
    await answers('/www/page.html', 'another page');
    expect(await get('/')).toBe('told again 7 false said');
    expect(loop.pod()).toBe(pod);
  });

  test('a stack: Ctrl-C removes the pod', async () => {
    loop.running().killAll('SIGINT');
    await loop.running().ended;
    await until('the pod is gone', () => loop.pod() === '');
  });
});
