import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { engineSettings } from './engineSettings';
import { linkModules } from './plugin';

/** The result of one nx command. */
export interface Ran {
  readonly status: number | null;
  /** Standard output and error together, without colours. */
  readonly output: string;
}

/** The output of a command that must succeed. */
export function succeeded({ status, output }: Ran): string {
  if (status !== 0) throw new Error(output);
  return output;
}

export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ran>;
  /** Sends a signal to nx and all processes that it started. */
  readonly killAll: (signal: NodeJS.Signals) => void;
}

/** A workspace in its own directory, with Nx's caches inside: nothing outside of it is changed. */
export interface Workspace {
  readonly root: string;
  readonly path: (name: string) => string;
  readonly write: (name: string, content: string | Uint8Array, mode?: number) => void;
  readonly read: (name: string) => string;
  readonly start: (args: readonly string[], env?: NodeJS.ProcessEnv) => Running;
  readonly nx: (args: readonly string[], env?: NodeJS.ProcessEnv) => Promise<Ran>;
  readonly git: (...args: string[]) => string;
  readonly remove: () => void;
}

/** A first compile of Rust can take ten minutes if other tests use the cores too. */
const limit = 2_400_000;
// An nx start takes one second on a quiet machine and ten on a busy one.
jest.setTimeout(300_000);

/** @param prism where the plugin is, relative to the workspace; without it, a packed copy of the repository's */
export function makeWorkspace(prism?: string): Workspace {
  const root = fs.mkdtempSync(join(fs.realpathSync(tmpdir()), 'prism-workspace-'));
  const path = (name: string) => join(root, name);
  const write = (name: string, content: string | Uint8Array, mode = 0o644) => {
    fs.mkdirSync(dirname(path(name)), { recursive: true });
    fs.writeFileSync(path(name), content);
    fs.chmodSync(path(name), mode);
  };
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@t', ...args], {
      cwd: root,
      encoding: 'utf8',
    });
  linkModules(root, prism === undefined ? undefined : path(prism));
  write('nx.json', JSON.stringify({ plugins: ['prism'], analytics: false }));
  write('package.json', JSON.stringify({ name: 'workspace', version: '0.0.0', private: true }));
  write('.gitignore', 'node_modules\ndist\n.nx\n.prism\n/tmp\n');
  git('init', '-q', '-b', 'main');
  const start = (args: readonly string[], env: NodeJS.ProcessEnv = {}) => startNx(root, args, env);
  return {
    root,
    path,
    write,
    git,
    start,
    read: (name) => fs.readFileSync(path(name), 'utf8'),
    nx: (args, env) => start(args, env).ended,
    remove: () => fs.rmSync(root, { recursive: true, force: true, maxRetries: 5 }),
  };
}

function startNx(root: string, args: readonly string[], env: NodeJS.ProcessEnv): Running {
  const settings = {
    NX_DAEMON: 'false',
    NX_TUI: 'false',
    NX_ISOLATE_PLUGINS: 'false',
    CI: 'true',
    NO_COLOR: '1',
    FORCE_COLOR: '0',
    NX_CACHE_DIRECTORY: join(root, '.nx', 'cache'),
    NX_WORKSPACE_DATA_DIRECTORY: join(root, '.nx', 'data'),
  };
  // Variables of the test runner must not reach the nx under test.
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(NX_|PRISM_|JEST_|NODE_ENV)/.test(name),
  );
  const child = spawn(process.execPath, [join(root, 'node_modules', '.bin', 'nx'), ...args], {
    cwd: root,
    env: { ...Object.fromEntries(inherited), ...engineSettings, ...settings, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += String(chunk)));
  const killAll = (signal: NodeJS.Signals) => {
    try {
      process.kill(-child.pid!, signal);
    } catch {
      // The process has already ended.
    }
  };
  const timer = setTimeout(() => killAll('SIGKILL'), limit);
  const ended = new Promise<Ran>((resolve) => {
    // Not at `close`: a container may hold the pipes for long, and then the number may belong to another process.
    child.on('exit', () => clearTimeout(timer));
    child.on('close', (status) => {
      // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape sequences of terminals
      resolve({ status, output: output.replaceAll(/\u001b\[[0-9;]*m/g, '') });
    });
  });
  return { child, ended, killAll };
}

/** Waits until a condition holds. At the timeout, throws an error that names the condition. */
export async function until(what: string, isSo: () => boolean, milliseconds = 60_000): Promise<void> {
  for (const end = Date.now() + milliseconds; !isSo(); ) {
    if (Date.now() > end) throw new Error(`never: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
