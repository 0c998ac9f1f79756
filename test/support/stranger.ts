import { execFile, execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { repository } from './plugin';
import { strangerFiles } from './strangerFiles';

export type Manager = 'npm' | 'pnpm';

/** Shared by the tests of a file: the tarball of the plugin, and a pnpm. */
export interface Shared {
  readonly directory: string;
  readonly tarball: string;
}

export interface Stranger {
  readonly path: (name: string) => string;
  readonly write: (name: string, content: string) => void;
  readonly git: (...args: string[]) => string;
  /** The output of nx on both streams. Throws if nx fails, unless failure is expected. */
  readonly nx: (args: readonly string[], status?: number) => string;
  /** The environment of its nx processes. */
  readonly env: NodeJS.ProcessEnv;
  /** The JSON output of nx, asynchronously. */
  readonly jsonLater: <T>(args: readonly string[], more?: NodeJS.ProcessEnv) => Promise<T>;
  /** The JSON output of nx. */
  readonly json: <T>(args: readonly string[]) => T;
}

const pnpmVersion = '10.34.8';
// One environment for all: no variables of the test runner, and of npm only the settings for where packages come
// from.
const inherited = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^(NX_|PRISM_|JEST_|NODE_ENV|npm_(?!config_))/.test(name)),
);
const run = (cwd: string, argv: readonly string[], env: NodeJS.ProcessEnv = inherited) =>
  execFileSync(argv[0]!, argv.slice(1), { cwd, env, encoding: 'utf8', stdio: 'pipe', timeout: 3_000_000 });

const later = promisify(execFile);

/** Packs the plugin as `npm run pack` does. */
export function prepareStrangers(): Shared {
  const directory = fs.mkdtempSync(join(fs.realpathSync(tmpdir()), 'prism-stranger-'));
  const printed = run(repository, ['tools/setup/pack', directory]);
  return { directory, tarball: printed.trim().split('\n').at(-1)! };
}

export const removeStrangers = ({ directory }: Shared) =>
  fs.rmSync(directory, { recursive: true, force: true, maxRetries: 5 });

/**
 * A new workspace with an installed nx and the packed plugin under its alias. `like` is an earlier workspace with the
 * same nx and package manager, whose packages are reused.
 */
export function makeStranger(
  shared: Shared,
  nx: string,
  manager: Manager,
  files = strangerFiles,
  like?: Stranger,
): Stranger {
  const root = fs.mkdtempSync(join(shared.directory, `${manager}-${nx}-`));
  const path = (name: string) => join(root, name);
  const write = (name: string, content: string) => {
    fs.mkdirSync(dirname(path(name)), { recursive: true });
    fs.writeFileSync(path(name), content);
  };
  for (const [name, content] of Object.entries(files)) write(name, content);
  const devDependencies = { nx, prism: `file:${shared.tarball}` };
  write('package.json', JSON.stringify({ name: 'acme', version: '0.0.0', private: true, devDependencies }));
  if (!like) install(root, shared, manager);
  else {
    fs.symlinkSync(like.path('node_modules'), path('node_modules'));
    for (const lock of ['package-lock.json', 'pnpm-lock.yaml'].filter((name) =>
      fs.existsSync(like.path(name)),
    ))
      fs.copyFileSync(like.path(lock), path(lock));
  }
  const git = (...args: string[]) =>
    run(root, ['git', '-c', 'user.name=t', '-c', 'user.email=t@t', ...args]).trim();
  git('init', '-q', '-b', 'main');
  git('add', '-A');
  git('commit', '-qm', 'start');
  const env = {
    ...inherited,
    NX_DAEMON: 'false',
    NX_TUI: 'false',
    CI: 'true',
    NO_COLOR: '1',
    FORCE_COLOR: '0',
    NX_CACHE_DIRECTORY: path('.nx/cache'),
    NX_WORKSPACE_DATA_DIRECTORY: path('.nx/data'),
    // Compilers' caches may be shared: these tests do not measure compile times.
    PRISM_CACHE_DIR: process.env.PRISM_CACHE_DIR ?? join(repository, '.prism', 'cache'),
  };
  const start = (args: readonly string[]) => {
    try {
      const output = run(root, ['sh', '-c', 'exec node_modules/.bin/nx "$@" 2>&1', 'nx', ...args], env);
      return { status: 0, output };
    } catch (error) {
      const { status, stdout } = error as { status: number; stdout: string };
      return { status, output: stdout };
    }
  };
  return {
    path,
    write,
    git,
    nx: (args, expected = 0) => {
      const { status, output } = start(args);
      if (status !== expected) throw new Error(`status ${status} from nx ${args.join(' ')}\n${output}`);
      return output;
    },
    env,
    jsonLater: async (args, more) => {
      const options = { cwd: root, env: { ...env, ...more } };
      const { stdout } = await later(path('node_modules/.bin/nx'), [...args, '--json'], options);
      return JSON.parse(stdout);
    },
    json: (args) => JSON.parse(run(root, ['node_modules/.bin/nx', ...args, '--json'], env)),
  };
}

function install(root: string, shared: Shared, manager: Manager): void {
  const quiet = ['--no-audit', '--no-fund', '--loglevel=error'];
  if (manager === 'npm') return void run(root, ['npm', 'install', ...quiet]);
  const home = join(shared.directory, 'pnpm');
  const pnpm = join(home, 'node_modules', 'pnpm', 'bin', 'pnpm.cjs');
  if (!fs.existsSync(pnpm)) {
    fs.mkdirSync(home);
    fs.writeFileSync(join(home, 'package.json'), '{"private":true}');
    run(home, ['npm', 'install', `pnpm@${pnpmVersion}`, ...quiet]);
  }
  run(root, [
    process.execPath,
    pnpm,
    'install',
    '--no-frozen-lockfile',
    `--store-dir=${join(home, 'store')}`,
  ]);
}
