import { randomUUID } from 'node:crypto';
import * as fs from 'node:fs';
import { dirname, join } from 'node:path';
import { changeLine } from './edited.mjs';
import { connects, freePort, says } from './ports.mjs';
import { environment, run } from './process.mjs';
import { cache } from './workspace.mjs';

/**
 * What `dev` measures: an edit of one line in each language. `compile` is what no loop can avoid, on this machine and with
 * nothing around it; `image` is the Containerfile of somebody who has compiled that.
 *
 * @typedef {object} Case
 * @property {string} name
 * @property {string} project
 * @property {string[]} bases whose images the Containerfile needs
 * @property {number} port at which the component answers in its container
 * @property {number} goal milliseconds
 * @property {() => ((port: number) => Promise<boolean>)} edit changes a line; returns what is true once that is answered
 * @property {undefined | (() => Promise<unknown>)} compile
 * @property {string} image
 * @property {string} context of that Containerfile
 * @property {(port: number) => string[]} environment with which it listens there
 */

const port = await freePort();
const environmentOf = (port) => [`PORT=${port}`];

/** @returns {Case[]} */
export function listCases(workspace, out) {
  return [goCase, rustCase, pythonCase, nodeCase, pageCase].map((make) => make(workspace, out));
}

/** A plugin, so that the compile is that of a real program. */
function goCase(workspace, out) {
  const env = environment({
    ...{ GOCACHE: join(cache, 'gobuild'), GOMODCACHE: join(cache, 'gomod'), GOFLAGS: '-mod=readonly' },
    CGO_ENABLED: '0',
  });
  const flags = ['-trimpath', '-tags=grpcnotrace', '-ldflags=-s -w -buildid='];
  const context = join(out, 'go');
  const binary = join(context, 'plugin-memstore');
  const cwd = join(workspace, 'plugins', 'memstore');
  return {
    ...{ name: 'Go', project: 'plugin-memstore', bases: [], port: 50_100, goal: 700, context },
    edit: () => {
      changeLine(workspace, 'memstore');
      return connects;
    },
    compile: () => run(['go', 'build', ...flags, '-o', binary, './cmd/plugin-memstore'], { cwd, env }),
    image: 'FROM scratch\nCOPY plugin-memstore /plugin-memstore\nENTRYPOINT ["/plugin-memstore"]\n',
    environment: (at) => [`PRISM_LISTEN=127.0.0.1:${at}`],
  };
}

const rust = {
  'Cargo.toml': '[package]\nname = "bench-rust"\nversion = "0.1.0"\nedition = "2021"\n\n[workspace]\n',
  'Cargo.lock': 'version = 4\n\n[[package]]\nname = "bench-rust"\nversion = "0.1.0"\n',
  'src/main.rs': `use std::io::{Read, Write};

mod word;

fn main() {
    let port = std::env::var("PORT").unwrap_or("${port}".into());
    let listener = std::net::TcpListener::bind(format!("0.0.0.0:{port}")).unwrap();
    for mut stream in listener.incoming().flatten() {
        let _ = stream.read(&mut [0; 1024]);
        let _ = write!(stream, "HTTP/1.1 200 OK\\r\\nConnection: close\\r\\n\\r\\n{}", word::WORD);
    }
}
`,
  Containerfile: `FROM localhost/prism/base-rust-builder AS compile
WORKDIR /src
COPY . .
RUN ["compile-rust", "--package", "bench-rust"]
FROM scratch
COPY --from=compile /out/bench-rust /bench-rust
EXPOSE ${port}
ENTRYPOINT ["/bench-rust"]
`,
};

/** The pinned compiler of Debian, which prism runs too: another one may have a faster linker. */
function rustCase(workspace, out) {
  const { cwd, edit } = component(
    workspace,
    'rust',
    rust,
    'src/word.rs',
    (word) => `pub const WORD: &str = "${word}";\n`,
  );
  const target = join(out, 'target');
  const flags = ['--target-dir', target, '--offline', '--quiet'];
  return {
    ...{
      name: 'Rust',
      bases: [],
      environment: environmentOf,
      project: 'bench-rust',
      port,
      goal: 2000,
      edit,
      context: join(target, 'debug'),
    },
    compile: () =>
      run(['/usr/bin/cargo', 'build', ...flags], {
        cwd,
        env: environment({ RUSTC: '/usr/bin/rustc', RUSTFLAGS: '-C target-feature=+crt-static' }),
      }),
    image: 'FROM scratch\nCOPY bench-rust /bench-rust\nENTRYPOINT ["/bench-rust"]\n',
  };
}

const python = {
  'app/__init__.py': '',
  'app/__main__.py': `import os
from http.server import BaseHTTPRequestHandler, HTTPServer

from app.word import WORD


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(WORD.encode())


HTTPServer(("", int(os.environ.get("PORT", "${port}"))), Handler).serve_forever()
`,
  Containerfile: `FROM localhost/prism/base-python-builder AS compile
WORKDIR /src
COPY app app
RUN ["compile-python", "app"]
FROM localhost/prism/base-python-runtime
COPY --from=compile /out/application /application
ENV PYTHONPATH=/application PYTHONSAFEPATH=1
EXPOSE ${port}
ENTRYPOINT ["/usr/bin/python3", "-m", "app"]
`,
};

function pythonCase(workspace) {
  const { cwd, edit } = component(workspace, 'python', python, 'app/word.py', (word) => `WORD = "${word}"\n`);
  return {
    ...{
      name: 'Python',
      bases: ['base-python-runtime'],
      environment: environmentOf,
      project: 'bench-python',
      port,
      goal: 1000,
      edit,
      context: cwd,
    },
    image: `FROM localhost/prism/base-python-runtime
COPY app /application/app
ENV PYTHONPATH=/application PYTHONSAFEPATH=1
ENTRYPOINT ["/usr/bin/python3", "-m", "app"]
`,
  };
}

const node = {
  'package.json': '{ "name": "bench-node", "private": true, "type": "module" }\n',
  'server.mjs': `import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { word } from './word.mjs';

createServer(({ url }, response) => response.end(url === '/page' ? readFileSync('page.html') : word)).listen(
  Number(process.env.PORT ?? ${port}),
);
`,
  'page.html': '',
  'word.mjs': "export const word = '';\n",
  Containerfile: `FROM localhost/prism/base-node-runtime
WORKDIR /app
COPY package.json *.mjs page.html ./
EXPOSE ${port}
CMD ["server.mjs"]
`,
};

function nodeCase(workspace) {
  const { cwd, edit } = component(
    workspace,
    'node',
    node,
    'word.mjs',
    (word) => `export const word = '${word}';\n`,
  );
  return {
    ...{
      name: 'Node.js',
      bases: ['base-node-runtime'],
      environment: environmentOf,
      project: 'bench-node',
      port,
      goal: 1000,
      edit,
      context: cwd,
    },
    image: node.Containerfile,
  };
}

/** The same component: a page needs no start. */
function pageCase(workspace) {
  const { cwd, edit } = component(workspace, 'node', node, 'page.html', (word) => word, '/page');
  return {
    ...{
      name: 'a page',
      bases: ['base-node-runtime'],
      environment: environmentOf,
      project: 'bench-node',
      port,
      goal: 200,
      edit,
      context: cwd,
    },
    image: node.Containerfile,
  };
}

/** Writes a component for this platform only, and an edit of one of its files. */
function component(workspace, name, files, edited, textOf, path = '/') {
  const cwd = join(workspace, 'bench', name);
  const write = (file, text) => {
    fs.mkdirSync(dirname(join(cwd, file)), { recursive: true });
    fs.writeFileSync(join(cwd, file), text);
  };
  const options = { platforms: [`linux/${process.arch === 'x64' ? 'amd64' : process.arch}`] };
  const targets = { ...('server.mjs' in files ? {} : { compile: { options } }), 'build-image': { options } };
  write('project.json', JSON.stringify({ name: `bench-${name}`, targets }));
  for (const [file, text] of Object.entries(files)) write(file, text);
  const edit = () => {
    const word = randomUUID();
    write(edited, textOf(word));
    return says(path, word);
  };
  edit();
  return { cwd, edit };
}
