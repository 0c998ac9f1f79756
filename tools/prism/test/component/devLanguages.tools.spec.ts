import { cpSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { command, describeWith, podman as needsPodman } from '../../../../test/support/needs';
import { repository } from '../../../../test/support/plugin';
import { writeWheel } from '../../../../test/support/wheels';
import { until } from '../../../../test/support/workspace';
import { type DevLoop, host, openDevLoop } from '../support/devLoop';
import { freePorts } from '../support/freePorts';

const python = {
  containerfile: (prefix: string, port: number) => `FROM localhost/${prefix}/base-python-builder AS compile
WORKDIR /src
COPY requirements.lock ./
COPY app app
RUN ["compile-python", "--requirements=requirements.lock", "app"]
FROM localhost/${prefix}/base-python-runtime
COPY --from=compile /out/dependencies /dependencies
COPY --from=compile /out/application /application
ENV PYTHONPATH=/dependencies:/application PYTHONSAFEPATH=1
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
  test: `import unittest
from app.words import word


class Words(unittest.TestCase):
    def test_word(self):
        self.assertNotEqual(word(), "wrong")
`,
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
  test: `import assert from 'node:assert';
import { test } from 'node:test';
import { word } from './words.mjs';

test('word', () => assert.notEqual(word(), 'wrong'));
`,
};

const rust = {
  containerfile: (prefix: string, port: number) => `FROM localhost/${prefix}/base-rust-builder AS compile
COPY Cargo.toml Cargo.lock ./
COPY src src
RUN ["compile-rust", "--package", "rs"]
FROM scratch
COPY --from=compile /out/rs /rs
EXPOSE ${port}
ENTRYPOINT ["/rs"]
`,
  manifest: '[package]\nname = "rs"\nversion = "0.1.0"\nedition = "2021"\n',
  lock: 'version = 3\n\n[[package]]\nname = "rs"\nversion = "0.1.0"\n',
  main: (word: string, port: number) => `use std::io::{Read, Write};

const WORD: &str = "${word}";

fn main() {
    let all = std::net::TcpListener::bind("0.0.0.0:${port}").unwrap();
    for one in all.incoming() {
        let mut one = one.unwrap();
        let _ = one.read(&mut [0; 4096]);
        let _ = write!(one, "HTTP/1.0 200 OK\\r\\n\\r\\n{WORD}");
    }
}

#[test]
fn word() {
    assert_ne!(WORD, "wrong");
}
`,
};

/** A wheel and its line in a lock. */
const wheel = (directory: string, name: string, word: string) =>
  `${name}==1.0 ${writeWheel(directory, name, 'py3-none-any', { [`${name}.py`]: `WORD = "${word}"\n` })}\n`;

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

const needs = [needsPodman, command('catatonit'), command('cargo')];
describeWith(needs, 'nx dev of a stack of Python, Node.js and Rust', () => {
  const prefix = `l${process.pid}`;
  let loop: DevLoop;
  let ports: { py: number; js: number; rs: number };
  let wheels: string;
  let lock: string;
  const words = (word: string) => loop.edit('svc/py/app/words.py', python.words(word));
  const script = (text: string) => loop.edit('svc/js/words.mjs', text);
  const file = 'deploy/all/stack.yaml';
  /** What the loop says from now on. */
  const heard = () => {
    const before = loop.output().length;
    return (what: RegExp) => until(String(what), () => what.test(loop.output().slice(before)));
  };
  const starts = (project: string) => loop.output().split(`${project} ready after`).length - 1;

  beforeAll(async () => {
    loop = openDevLoop(prefix);
    const { workspace } = loop;
    const [py = 0, js = 0, rs = 0] = await freePorts(3);
    ports = { py, js, rs };
    wheels = mkdtempSync(join(realpathSync(tmpdir()), 'prism-wheels-'));
    Object.assign(process.env, { PIP_CONFIG_FILE: '/dev/null', PIP_NO_INDEX: '1', PIP_FIND_LINKS: wheels });
    lock = wheel(wheels, 'first', 'locked');
    for (const name of [
      'containerfiles/python-builder',
      'containerfiles/python-runtime',
      'containerfiles/node-runtime',
      'containerfiles/rust-builder',
    ])
      cpSync(join(repository, name), workspace.path(name), { recursive: true });
    const options = { platforms: [host] };
    const targets = { compile: { options }, 'build-image': { options } };
    const testOf = (command: string) => ({ test: { command, options: { cwd: '{projectRoot}' } } });
    for (const [name, place, test] of [
      ['base-python-runtime', 'containerfiles/python-runtime', {}],
      ['base-node-runtime', 'containerfiles/node-runtime', {}],
      ['py', 'svc/py', testOf('python3 -m unittest discover -s tests -t .')],
      ['js', 'svc/js', testOf('node --test')],
      ['rs', 'svc/rs', testOf('cargo test --offline')],
    ] as const)
      workspace.write(`${place}/project.json`, JSON.stringify({ name, targets: { ...targets, ...test } }));
    workspace.write('svc/py/Containerfile', python.containerfile(prefix, py));
    workspace.write('svc/py/requirements.lock', lock);
    workspace.write('svc/py/app/__init__.py', '');
    workspace.write('svc/py/tests/__init__.py', '');
    workspace.write('svc/py/tests/test_words.py', python.test);
    workspace.write('svc/py/app/__main__.py', python.main(py));
    workspace.write('svc/py/app/words.py', python.words('one'));
    workspace.write('svc/js/Containerfile', node.containerfile(prefix, js));
    workspace.write('svc/js/package.json', JSON.stringify({ name: 'js', private: true, type: 'module' }));
    workspace.write('svc/js/server.mjs', node.main(js));
    workspace.write('svc/js/words.mjs', node.words('one'));
    workspace.write('svc/js/words.test.mjs', node.test);
    workspace.write('svc/js/www/page.html', 'page one');
    workspace.write('svc/rs/Containerfile', rust.containerfile(prefix, rs));
    workspace.write('svc/rs/Cargo.toml', rust.manifest);
    workspace.write('svc/rs/Cargo.lock', rust.lock);
    workspace.write('svc/rs/src/main.rs', rust.main('one', rs));
    // Rust's container comes later.
    workspace.write(file, stack(prefix, { py, js }));
  });
  afterAll(() => {
    loop.remove();
    rmSync(wheels, { recursive: true });
  });

  test('an edit of one language starts that program again, and leaves the other alone', async () => {
    await loop.start(
      'all',
      /py ready after[\s\S]*js ready after|js ready after[\s\S]*py ready after/,
      '--idle=0',
      '--test',
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
    const hears = heard();
    script(node.words('three'));
    await hears(/js ready after/);
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

  test('tests run after a save: of a source, and of a test; failed ones are shown', async () => {
    let hears = heard();
    words('four');
    await hears(/py: tests passed/);
    hears = heard();
    loop.edit('svc/py/tests/test_words.py', python.test.replace('"wrong"', '"four"'));
    await hears(/test_words\.py", line 7[\s\S]*py: tests failed/);
    hears = heard();
    script(node.words('wrong'));
    await hears(/words\.test\.mjs:5[\s\S]*js: tests failed/);
    await loop.answers(ports.js, '/', 'wrong');
    hears = heard();
    loop.edit('svc/js/words.test.mjs', node.test.replace('wrong', 'right'));
    await hears(/js: tests passed/);
  });

  test('a lock of Python: a wrong line is shown, and another dependency is in the program', async () => {
    loop.edit('svc/py/app/words.py', 'import first\n\n\ndef word():\n    return first.WORD\n');
    await loop.answers(ports.py, '/', 'locked');
    let hears = heard();
    loop.edit('svc/py/requirements.lock', `${lock}second=1.0\n`);
    await hears(/svc\/py\/requirements\.lock:2: [A-Z_]+: [\s\S]*py stays as it was/);
    hears = heard();
    loop.edit('svc/py/requirements.lock', `${lock}missing==1.0 --hash=sha256:${'0'.repeat(64)}\n`);
    await hears(/svc\/py\/requirements\.lock:2: [A-Z_]+: [\s\S]*py stays as it was/);
    expect(await loop.get(ports.py, '/')).toBe('locked');
    loop.edit('svc/py/requirements.lock', lock + wheel(wheels, 'second', 'of another'));
    loop.edit('svc/py/app/words.py', 'import second\n\n\ndef word():\n    return second.WORD\n');
    await loop.answers(ports.py, '/', 'of another');
  });

  test('stack.yaml: what is wrong is shown, and the pod goes on', async () => {
    const text = loop.workspace.read(file);
    const pod = loop.pod();
    let hears = heard();
    loop.edit(file, text.replace('kind: Service', 'kind: [Service'));
    await hears(/deploy\/all\/stack\.yaml:18: STACK_NOT_YAML[\s\S]*stays as it was/);
    hears = heard();
    loop.edit(file, text.replace(`${prefix}/js`, `${prefix}/jss`));
    await hears(/deploy\/all\/stack\.yaml:\d+: STACK_IMAGE_MISSING[\s\S]*stays as it was/);
    expect(loop.pod()).toBe(pod);
    // Sources are replaced as before.
    script(node.words('meanwhile'));
    await loop.answers(ports.js, '/', 'meanwhile');
    expect(loop.pod()).toBe(pod);
  });

  test('stack.yaml: a pod that does not become ready makes way for the last good one', async () => {
    const hears = heard();
    const crashes = `image: localhost/${prefix}/js\n      args: [missing.mjs]`;
    loop.edit(file, stack(prefix, ports).replace(`image: localhost/${prefix}/js`, crashes));
    await hears(/STACK_NOT_READY: js of \S+ ended with status 1[\s\S]*the last good pod of \S+ starts again/);
    await loop.answers(ports.js, '/', 'meanwhile');
    await loop.answers(ports.py, '/', 'of another');
  });

  test('stack.yaml: another environment and another container get another pod', async () => {
    const env = `image: localhost/${prefix}/js\n      env: [{name: WORD, value: of the stack}]`;
    script("export const word = () => process.env.WORD ?? 'none';\n");
    await loop.answers(ports.js, '/', 'none');
    const hears = heard();
    loop.edit(file, stack(prefix, ports).replace(`image: localhost/${prefix}/js`, env));
    await hears(/rs ready after/);
    await loop.answers(ports.js, '/', 'of the stack');
    await loop.answers(ports.rs, '/', 'one');
  });

  test('Rust: tests, and a lock that cannot be read', async () => {
    let hears = heard();
    loop.edit('svc/rs/src/main.rs', rust.main('two', ports.rs));
    await loop.answers(ports.rs, '/', 'two');
    await hears(/rs: tests passed/);
    hears = heard();
    loop.edit('svc/rs/Cargo.lock', `${rust.lock}[[package\n`);
    await hears(/svc\/rs\/Cargo\.lock:6: DEPENDENCIES_NOT_FETCHED[\s\S]*rs stays as it was/);
    expect(await loop.get(ports.rs, '/')).toBe('two');
    hears = heard();
    loop.edit('svc/rs/Cargo.lock', rust.lock);
    loop.edit('svc/rs/src/main.rs', rust.main('wrong', ports.rs));
    await loop.answers(ports.rs, '/', 'wrong');
    await hears(/src\/main\.rs:16[\s\S]*rs: tests failed/);
  });

  test('Ctrl-C leaves nothing behind', async () => {
    loop.running().killAll('SIGINT');
    await loop.running().ended;
    await until('the pod is gone', () => loop.pod() === '' && loop.containers() === '');
    await until('files are gone', () => ['py', 'js', 'rs'].every((one) => loop.sessions(one).length === 0));
  });
});
