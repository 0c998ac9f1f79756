import { execFileSync, spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { digestOf } from '../../../../test/support/components';
import { goSettings } from '../../../../test/support/goSettings';
import { repository } from '../../../../test/support/plugin';
import { until } from '../../../../test/support/workspace';
import { podman } from '../support/podman';
import { type Generated, host, openGenerated, ownPlatform, succeeds } from './generated';

/** Generators for real: what they write is built, tested and run. */
let generated: Generated;
let workspace: Generated['workspace'];
let nx: Generated['nx'];
let generate: Generated['generate'];
let start: Generated['start'];

jest.setTimeout(600_000);

function go(directory: string, ...args: string[]): string {
  const cwd = workspace.path(directory);
  const { status, stdout, stderr } = spawnSync('go', args, { cwd, encoding: 'utf8' });
  // What a test has against the code stands on standard output.
  if (status !== 0) throw new Error(`go ${args.join(' ')}\n${stdout}${stderr}`);
  return stdout;
}

beforeAll(() => {
  // Also for the target `test`, which runs go with the settings of its caller. The tests run `go vet` themselves:
  // `go test` would run a part of it over all dependencies once more.
  Object.assign(process.env, goSettings, { GOFLAGS: `${goSettings.GOFLAGS} -vet=off` });
  generated = openGenerated();
  ({ workspace, nx, generate, start } = generated);
  generated.copy(
    'libs/plugin-sdk',
    'libs/proto/gen/go',
    'containerfiles/python-builder',
    'containerfiles/python-runtime',
    ...['go', 'rust'].map((language) => `containerfiles/${language}-builder/pin.json`),
  );
  const { version } = JSON.parse(workspace.read('containerfiles/go-builder/pin.json'));
  workspace.write('go.work', `go ${version}\n\nuse (\n\t./libs/plugin-sdk\n\t./libs/proto/gen/go\n)\n`);
  fs.copyFileSync(join(repository, 'go.work.sum'), workspace.path('go.work.sum'));
  const runtime = 'containerfiles/python-runtime/Containerfile';
  const own = workspace.read(runtime).replaceAll('localhost/prism/', `localhost/${generated.prefix}/`);
  workspace.write(runtime, own);
});
afterAll(() => generated.remove());

describe('prism:plugin', () => {
  test.each(['memory', 'queue', 'blank', 'sql'])('in Go, backend %s', async (backend) => {
    const name = `kv-${backend}`;
    const project = `plugin-${name}`;
    const directory = `plugins/${name}`;
    expect(await generate('prism:plugin', name, `--backend=${backend}`, '--dry-run')).toMatch(
      new RegExp(`CREATE ${directory}/Containerfile[\\s\\S]*UPDATE go\\.work`),
    );
    expect(fs.existsSync(workspace.path(directory))).toBe(false);
    expect(await generate('prism:plugin', name, `--backend=${backend}`)).toContain(
      `CREATE ${directory}/go.mod`,
    );

    expect(execFileSync('gofmt', ['-l', '.'], { cwd: workspace.path(directory), encoding: 'utf8' })).toBe('');
    expect(go(directory, 'vet', './...')).toBe('');
    // After it, the image only has to be linked.
    expect(go(directory, 'test', './...')).toMatch(/^ok .*\nok /);
    if (backend === 'blank') expect(await nx('test', project)).toMatch(/\bok\s+\S+\/cmd\/plugin-kv-blank/);

    // One platform of SQLite is enough for a test: it is a hundred times the rest.
    await nx('build-image', project, ...(backend === 'sql' ? [ownPlatform] : []));
    expect(digestOf(workspace, project)).toMatch(/^sha256:/);
    fs.mkdirSync(workspace.path('tmp'), { recursive: true });
    if (backend !== 'blank') generated.conforms(project);
    await generated.serves(project, {
      PRISM_SQLITE_PATH: workspace.path('tmp/keys.db'),
      PRISM_LOG_PATH: workspace.path('tmp/keys.log'),
    });
    const before = workspace.git('status', '--short', '--untracked-files=all');
    expect(await generate('prism:plugin', name, `--backend=${backend}`)).toContain('nothing changed');
    expect(workspace.git('status', '--short', '--untracked-files=all')).toBe(before);
  });

  test('the image of one with a file: its user may write where the image says, and nowhere else', async () => {
    await nx('load-image', 'plugin-kv-queue');
    const name = start('plugin-kv-queue');
    await until('the plugin in its container is healthy', () =>
      succeeds('exec', name, '/plugin-kv-queue', 'health'),
    );
  });
});

describe('prism:component', () => {
  test('Go: a module and the one that it is replaced with', async () => {
    workspace.write('shared/greet/go.mod', 'module example.com/greet\n\ngo 1.24\n');
    workspace.write('shared/greet/greet.go', 'package greet\n\nconst Word = "hello from go"\n');
    workspace.write(
      'svc/hello/go.mod',
      'module example.com/hello\n\ngo 1.24\n\nrequire example.com/greet v0.0.0\n\nreplace example.com/greet => ../../shared/greet\n',
    );
    workspace.write(
      'svc/hello/main.go',
      'package main\n\nimport (\n\t"fmt"\n\n\t"example.com/greet"\n)\n\nfunc main() { fmt.Println(greet.Word) }\n',
    );
    expect(await generate('prism:component', 'svc/hello')).toContain('hello: a program in Go, without ports');
    await nx('build-image', 'hello');
    const program = workspace.path(`dist/compile/hello/linux-${host}/hello`);
    expect(execFileSync(program, { encoding: 'utf8' })).toBe('hello from go\n');
  });

  test('Rust: a member of a workspace of Cargo', async () => {
    workspace.write('rust/Cargo.toml', '[workspace]\nresolver = "2"\nmembers = ["app", "lib"]\n');
    const crate = (name: string) => `[package]\nname = "${name}"\nversion = "0.1.0"\nedition = "2021"\n`;
    workspace.write('rust/lib/Cargo.toml', crate('lib'));
    workspace.write('rust/lib/src/lib.rs', 'pub const WORD: &str = "hello from rust";\n');
    workspace.write('rust/app/Cargo.toml', `${crate('app')}\n[dependencies]\nlib = { path = "../lib" }\n`);
    workspace.write('rust/app/src/main.rs', 'fn main() {\n    println!("{}", lib::WORD);\n}\n');
    workspace.write(
      'rust/Cargo.lock',
      'version = 3\n\n[[package]]\nname = "app"\nversion = "0.1.0"\ndependencies = [\n "lib",\n]\n\n[[package]]\nname = "lib"\nversion = "0.1.0"\n',
    );
    expect(await generate('prism:component', 'rust/app')).toContain('app: a program in Rust');
    await nx('build-image', 'app');
    const program = workspace.path(`dist/compile/app/linux-${host}/app`);
    expect(execFileSync(program, { encoding: 'utf8' })).toBe('hello from rust\n');
  });

  test('Python: a package on the interpreter of the workspace', async () => {
    workspace.write('py/greeter/__init__.py', 'WORD = "hello from python"\n');
    workspace.write('py/greeter/__main__.py', 'from greeter import WORD\n\nprint(WORD)\n');
    expect(await generate('prism:component', 'py')).toContain('py: a program in Python');
    // Interpreters are big.
    await nx('load-image', 'py', ownPlatform);
    const name = start('py');
    podman('wait', name);
    expect(podman('logs', name)).toBe('hello from python');
  });

  test('prism:base of Debian packages, and Node on it', async () => {
    await generate('prism:base', 'node', '--packages=nodejs', '--entrypoint=/usr/bin/node');
    await nx('g', 'prism:lock', '--project=base-node');
    workspace.write('ui/package.json', JSON.stringify({ name: 'ui', scripts: { start: 'node server.js' } }));
    workspace.write('ui/server.js', 'console.log("hello from node");\n');
    expect(await generate('prism:component', 'ui')).toContain('ui: a program in Node');
    await nx('load-image', 'ui', ownPlatform);
    const name = start('ui');
    podman('wait', name);
    expect(podman('logs', name)).toBe('hello from node');
  });
});
