import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import * as fs from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { digestOf } from '../../../../test/support/components';
import { engineSettings } from '../../../../test/support/engineSettings';
import { removePlugin, repository } from '../../../../test/support/plugin';
import { makeWorkspace, until, type Workspace } from '../../../../test/support/workspace';

/** Generators for real: what they write is built, tested and run. Compilers' caches are those of the repository. */
const cache = process.env.PRISM_CACHE_DIR ?? join(repository, '.prism/cache');
const prefix = `generated-${process.pid}`;
const host = process.arch === 'x64' ? 'amd64' : process.arch;
const started: ChildProcess[] = [];
const containers: string[] = [];
let workspace: Workspace;

jest.setTimeout(600_000);

async function nx(...args: string[]): Promise<string> {
  const { status, output } = await workspace.nx([...args, '--output-style=static'], {
    PRISM_CACHE_DIR: cache,
  });
  if (status !== 0) throw new Error(`nx ${args.join(' ')}\n${output}`);
  return output;
}
const generate = async (...args: string[]) => (await workspace.nx(['g', ...args])).output;

/** The go command as the images' compiler runs it, so that both find what the other compiled. */
function go(directory: string, ...args: string[]): string {
  const env = {
    ...process.env,
    GOCACHE: join(cache, 'gobuild'),
    GOMODCACHE: join(cache, 'gomod'),
    GOFLAGS: '-mod=readonly',
    CGO_ENABLED: '0',
  };
  return execFileSync('go', args, { cwd: workspace.path(directory), encoding: 'utf8', env, stdio: 'pipe' });
}

function podman(...args: string[]): string {
  const env = { ...process.env, ...engineSettings };
  return execFileSync('podman', args, { encoding: 'utf8', env, stdio: 'pipe' }).trim();
}

/** Starts a loaded image as strictly as one can: nothing may be written but what the image says. */
function start(project: string, ...more: string[]): string {
  const name = `${prefix}-${project}`;
  containers.push(name);
  podman(
    'run',
    '--detach',
    '--read-only',
    '--cap-drop=all',
    `--name=${name}`,
    ...more,
    `localhost/${prefix}/${project}`,
  );
  return name;
}

function succeeds(...argv: string[]): boolean {
  try {
    podman(...argv);
    return true;
  } catch {
    return false;
  }
}

const freePort = () =>
  new Promise<number>((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });

beforeAll(() => {
  workspace = makeWorkspace();
  workspace.write(
    'nx.json',
    JSON.stringify({ analytics: false, plugins: [{ plugin: 'prism', options: { prefix } }] }),
  );
  const copied = [
    'libs/plugin-sdk',
    'libs/proto/gen/go',
    'containerfiles/python-builder',
    'containerfiles/python-runtime',
  ];
  const pins = ['go', 'rust'].map((language) => `containerfiles/${language}-builder/pin.json`);
  for (const path of [...copied, ...pins])
    fs.cpSync(join(repository, path), workspace.path(path), { recursive: true });
  const { version } = JSON.parse(workspace.read('containerfiles/go-builder/pin.json'));
  workspace.write('go.work', `go ${version}\n\nuse (\n\t./libs/plugin-sdk\n\t./libs/proto/gen/go\n)\n`);
  fs.copyFileSync(join(repository, 'go.work.sum'), workspace.path('go.work.sum'));
  const runtime = workspace.path('containerfiles/python-runtime/Containerfile');
  fs.writeFileSync(
    runtime,
    fs.readFileSync(runtime, 'utf8').replaceAll('localhost/prism/', `localhost/${prefix}/`),
  );
});
afterAll(() => {
  for (const child of started) child.kill('SIGKILL');
  for (const name of containers) succeeds('rm', '--force', '--volumes', '--time=0', name);
  // Under every tag; the prefix is this run's own.
  const images = podman(
    'images',
    '--format={{.Repository}}:{{.Tag}}',
    `--filter=reference=localhost/${prefix}/*`,
  );
  for (const image of images.split('\n').filter(Boolean)) succeeds('rmi', image);
  workspace.remove();
  removePlugin();
});

describe('prism:plugin', () => {
  /** The compiled program, as a process of its own, until it says that it serves. */
  async function serves(project: string, env: NodeJS.ProcessEnv): Promise<void> {
    const program = workspace.path(`dist/compile/${project}/linux-${host}/${project}`);
    const settings = { ...env, PRISM_LISTEN: `127.0.0.1:${await freePort()}`, PRISM_HEALTH_INTERVAL: '50ms' };
    const child = spawn(program, { env: settings, stdio: 'inherit' });
    started.push(child);
    const healthy = () => {
      try {
        execFileSync(program, ['health'], { env: settings, stdio: 'pipe' });
        return true;
      } catch {
        return false;
      }
    };
    await until(`${project} is healthy`, healthy);
    const ended = new Promise((resolve) => child.on('exit', resolve));
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
  }

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
    expect(go(directory, 'vet', '-tags=grpcnotrace', './...')).toBe('');
    // With the flags of the image, which then only has to be linked.
    expect(go(directory, 'test', '-trimpath', '-tags=grpcnotrace', './...')).toMatch(/^ok .*\nok /);
    if (backend === 'blank') expect(await nx('test', project)).toMatch(/\bok\s+\S+\/cmd\/plugin-kv-blank/);

    // One platform of SQLite is enough for a test: it is a hundred times the rest.
    await nx('build-image', project, ...(backend === 'sql' ? [`--platforms=linux/${host}`] : []));
    expect(digestOf(workspace, project)).toMatch(/^sha256:/);
    fs.mkdirSync(workspace.path('tmp'), { recursive: true });
    await serves(project, {
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
    await nx('load-image', 'py');
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
    await nx('load-image', 'ui');
    const name = start('ui');
    podman('wait', name);
    expect(podman('logs', name)).toBe('hello from node');
  });
});
