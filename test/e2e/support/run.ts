import { spawn } from 'node:child_process';

export interface RunOptions {
  readonly cwd?: string;
  /** The complete environment; that of this process if omitted. */
  readonly env?: NodeJS.ProcessEnv;
  readonly input?: string;
  /** Milliseconds. */
  readonly timeout?: number;
}

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  /** Standard output and standard error, interleaved as received. */
  readonly output: string;
}

export type Argv = readonly [string, ...string[]];

const stopSignals = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;
const running = new Set<number>();

/** Stopping a run also stops the processes that it started. */
function onStop(signal: NodeJS.Signals): void {
  for (const pid of running) killGroup(pid, 'SIGTERM');
  process.exit(signal === 'SIGINT' ? 130 : 143);
}

/** Runs a command and returns its result, whatever its status. Kills the whole process group after a timeout. */
export function tryRun(argv: Argv, options: RunOptions = {}): Promise<Finished> {
  const { cwd, env = process.env, input, timeout = 240_000 } = options;
  return new Promise((resolve, reject) => {
    const [file, ...args] = argv;
    const child = spawn(file, args, { cwd, env, detached: true, stdio: 'pipe' });
    if (running.size === 0) for (const signal of stopSignals) process.once(signal, onStop);
    if (child.pid !== undefined) running.add(child.pid);
    const forget = () => {
      if (child.pid !== undefined) running.delete(child.pid);
      if (running.size === 0) for (const signal of stopSignals) process.removeListener(signal, onStop);
    };
    let stdout = '';
    let output = '';
    child.stdout.on('data', (chunk) => {
      stdout += chunk;
      output += chunk;
    });
    child.stderr.on('data', (chunk) => {
      output += chunk;
    });
    const timer = setTimeout(() => {
      output += `\nno end after ${timeout} ms\n`;
      killGroup(child.pid);
      // A descendant in another process group may keep the pipes open.
      child.stdout.destroy();
      child.stderr.destroy();
    }, timeout);
    child.on('error', (error) => {
      clearTimeout(timer);
      forget();
      reject(error);
    });
    child.on('close', (code) => {
      clearTimeout(timer);
      forget();
      resolve({ code, stdout, output });
    });
    child.stdin.on('error', () => undefined).end(input);
  });
}

/** Runs a command that must succeed; returns its standard output. */
export async function run(argv: Argv, options: RunOptions = {}): Promise<string> {
  const { code, stdout, output } = await tryRun(argv, options);
  if (code !== 0) throw new Error(`status ${code} from: ${argv.join(' ')}\n${output.slice(-6000)}`);
  return stdout;
}

function killGroup(pid: number | undefined, signal: NodeJS.Signals = 'SIGKILL'): void {
  try {
    if (pid !== undefined) process.kill(-pid, signal);
  } catch {
    // The process has already ended.
  }
}
