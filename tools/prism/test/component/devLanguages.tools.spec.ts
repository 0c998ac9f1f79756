import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { command, describeWith, podman as needsPodman } from '../../../../test/support/needs';
import { repository } from '../../../../test/support/plugin';
import { until } from '../../../../test/support/workspace';
import { type DevLoop, host, openDevLoop } from '../support/devLoop';
import { freePorts } from '../support/freePorts';

const python = {
  containerfile: (prefix: string, port: number) => `FROM localhost/${prefix}/base-python-builder AS compile
WORKDIR /src
COPY app app
RUN ["compile-python", "app"]
FROM localhost/${prefix}/base-python-runtime
COPY --from=compile /out/application /application
ENV PYTHONPATH=/application PYTHONSAFEPATH=1
EXPOSE ${port}
ENTRYPOINT ["/usr/bin/python3", "-m", "app"]
`,
  main: (port: number) => `import os, signal
from http.server import BaseHTTPRequestHandler, HTTPServer

from app.words import word

signal.signal(signal.SIGTERM, lambda *_: os._exit(0))


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(word().encode())

    def log_message(self, *_):
        pass


HTTPServer(("", ${port}), Handler).serve_forever()
`,
  words: (word: string) => `def word():\n    return "${word}"\n`,
};

const node = {
  containerfile: (prefix: string, port: number) => `FROM localhost/${prefix}/base-node-runtime
WORKDIR /app
COPY package.json *.mjs ./
COPY www www
EXPOSE ${port}
CMD ["server.mjs"]
`,
  main: (port: number) => `import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { word } from './words.mjs';

createServer(({ url }, response) => response.end(url === '/page' ? readFileSync('www/page.html') : word())).listen(${port});
process.on('SIGTERM', () => process.exit(0));
`,
  words: (word: string) => `export const word = () => '${word}';\n`,
};

const stack = (name: string, ports: Readonly<Record<string, number>>) => `apiVersion: v1
kind: Pod
metadata: {name: ${name}, labels: {app: ${name}}}
spec:
  terminationGracePeriodSeconds: 1
  containers:
${Object.entries(ports)
  .map(
    ([container, port]) => `    - name: ${container}
      image: localhost/${name}/${container}
      ports: [{name: ${container}, containerPort: ${port}}]
      readinessProbe: {httpGet: {path: /, port: ${container}}}
`,
  )
  .join('')}---
apiVersion: v1
kind: Service
metadata: {name: both}
spec:
  selector: {app: ${name}}
  ports:
${Object.entries(ports)
  .map(([container, port]) => `    - {name: ${container}, port: ${port}, targetPort: ${container}}\n`)
  .join('')}`;

describeWith([needsPodman, command('catatonit')], 'nx dev of a stack of Python and Node.js', () => {
  const prefix = `l${process.pid}`;
  let loop: DevLoop;
  let ports: { py: number; js: number };
  const words = (word: string) => loop.edit('svc/py/app/words.py', python.words(word));
  const script = (text: string) => loop.edit('svc/js/words.mjs', text);
  const starts = (project: string) => loop.output().split(`${project} ready after`).length - 1;

  beforeAll(async () => {
    loop = openDevLoop(prefix);
    const { workspace } = loop;
    const [py = 0, js = 0] = await freePorts(2);
    ports = { py, js };
    for (const name of [
      'containerfiles/python-builder',
      'containerfiles/python-runtime',
      'containerfiles/node-runtime',
    ])
      cpSync(join(repository, name), workspace.path(name), { recursive: true });
    const options = { platforms: [host] };
    const targets = { compile: { options }, 'build-image': { options } };
    for (const [name, place] of [
      ['base-python-runtime', 'containerfiles/python-runtime'],
      ['base-node-runtime', 'containerfiles/node-runtime'],
      ['py', 'svc/py'],
      ['js', 'svc/js'],
    ])
      workspace.write(`${place}/project.json`, JSON.stringify({ name, targets }));
    workspace.write('svc/py/Containerfile', python.containerfile(prefix, py));
    workspace.write('svc/py/app/__init__.py', '');
    workspace.write('svc/py/app/__main__.py', python.main(py));
    workspace.write('svc/py/app/words.py', python.words('one'));
    workspace.write('svc/js/Containerfile', node.containerfile(prefix, js));
    workspace.write('svc/js/package.json', JSON.stringify({ name: 'js', private: true, type: 'module' }));
    workspace.write('svc/js/server.mjs', node.main(js));
    workspace.write('svc/js/words.mjs', node.words('one'));
    workspace.write('svc/js/www/page.html', 'page one');
    workspace.write('deploy/both/stack.yaml', stack(prefix, ports));
  });
  afterAll(() => loop.remove());

  test('an edit of one language starts that program again, and leaves the other alone', async () => {
    await loop.start(
      'both',
      /py ready after[\s\S]*js ready after|js ready after[\s\S]*py ready after/,
      '--idle=0',
    );
    await loop.answers(ports.py, '/', 'one');
    await loop.answers(ports.js, '/', 'one');
    words('two');
    await loop.answers(ports.py, '/', 'two');
    await until('it is said', () => /py ready after [\d.]+ s \([\d.]+ s for words.py\)/.test(loop.output()));
    script(node.words('two'));
    await loop.answers(ports.js, '/', 'two');
    await until('it is said', () => /js ready after [\d.]+ s \([\d.]+ s for words.mjs\)/.test(loop.output()));
    expect([starts('py'), starts('js')]).toEqual([2, 2]);
  });

  test('Python: a wrong line is shown with its file, and the last good program goes on', async () => {
    words('three"');
    await until('it is said', () => loop.output().includes('py stays as it was'));
    expect(loop.output()).toContain('svc/py/app/words.py:2: COMPILE_FAILED');
    expect(await loop.get(ports.py, '/')).toBe('two');
  });

  test('Node.js: the interpreter shows it, and the last good program starts again', async () => {
    script('export const word = (=> 1;\n');
    const said = 'js ended with status 1; the last good version starts again';
    await until('it is said', () => loop.output().includes(said));
    await until('the line is shown', () => loop.output().includes('file:///app/words.mjs:1'));
    await loop.answers(ports.js, '/', 'two');
  });

  test('files come and go with the modules that need them; a page needs no start', async () => {
    loop.workspace.write('svc/py/app/more.py', 'WORD = "more"\n');
    loop.edit('svc/py/app/words.py', 'from app.more import WORD\n\n\ndef word():\n    return WORD\n');
    await loop.answers(ports.py, '/', 'more');
    loop.workspace.write('svc/js/more.mjs', 'export const more = "more";\n');
    script('import { more } from "./more.mjs";\n\nexport const word = () => more;\n');
    await loop.answers(ports.js, '/', 'more');
    script(node.words('three'));
    await loop.answers(ports.js, '/', 'three');
    const [before, pod] = [starts('js'), loop.pod()];
    loop.edit('svc/js/www/page.html', 'page two');
    await loop.answers(ports.js, '/page', 'page two');
    expect(starts('js')).toBe(before);
    expect(loop.pod()).toBe(pod);
  });

  test('another package.json gets another pod', async () => {
    const before = loop.pod();
    loop.edit(
      'svc/js/package.json',
      JSON.stringify({ name: 'js', version: '1.0.0', private: true, type: 'module' }),
    );
    await until('there is another pod', () => loop.pod() !== '' && loop.pod() !== before, 120_000);
    await loop.answers(ports.js, '/', 'three');
    await loop.answers(ports.py, '/', 'more');
  });
});
