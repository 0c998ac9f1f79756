import { existsSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { failed, ok, type Result, shellFailure } from '@prism-build/errors';
import { lastLines, linesOf, type Stream } from './output';

/** A process to start: an argument vector, never a shell string. */
export interface Command {
  readonly argv: readonly [string, ...string[]];
  readonly cwd?: string;
  /** The whole environment of the process: nothing is inherited. `undefined` inherits everything. */
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string | Uint8Array | Readable;
  /** Milliseconds; 0 or absent means no limit. */
  readonly timeout?: number;
  /** Gives standard output byte for byte, its final newline included. */
  readonly exact?: boolean;
  /** Called with output as it arrives. The final result is then empty, and output has no size limit. */
  readonly onOutput?: (chunk: string, from: Stream) => void;
}

export interface Finished {
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs one command to its end. Wrappers (dry run, recording, limiting) have the same shape. */
export type Run = (command: Command) => Promise<Result<Finished>>;

/**
 * Runs a command with execa. Failures: COMMAND_NOT_FOUND, COMMAND_TIMED_OUT,
 * COMMAND_FAILED, with the last lines of standard output and standard error as the cause.
 */
export const run: Run = async (command) => {
  // Loaded with the first command: a build with nothing to do starts none.
  const { execa } = await import('execa');
  const [file, ...args] = command.argv;
  const child = execa(file, args, {
    reject: false,
    extendEnv: command.env === undefined,
    stdin: command.input === undefined ? 'ignore' : 'pipe',
    forceKillAfterDelay: 3000,
    stripFinalNewline: !command.exact,
    maxBuffer: 64 * 1024 * 1024,
    buffer: command.onOutput === undefined,
    ...(command.cwd && { cwd: command.cwd }),
    ...(command.env && { env: { ...command.env } }),
    ...(command.timeout && { timeout: command.timeout }),
    ...(isBytes(command.input) && { input: command.input }),
  });
  if (command.input !== undefined && !isBytes(command.input) && child.stdin) {
    const { input } = command;
    const { stdin } = child;
    // If the command ends before it has read its input, the writer must not wait for it.
    stdin.on('error', () => undefined).on('close', () => input.destroy());
    // If the input ends early, the command must not wait for more, or take it as complete.
    input
      .on('error', () => undefined)
      .on('close', () => {
        if (!input.readableEnded && !stdin.destroyed) child.kill();
      });
    input.pipe(stdin);
  }
  if (command.onOutput)
    for (const from of ['stdout', 'stderr'] as const)
      child[from]?.setEncoding('utf8').on('data', (chunk: string) => command.onOutput?.(chunk, from));
  const result = await child;
  if (!result.failed) return ok({ stdout: String(result.stdout ?? ''), stderr: String(result.stderr ?? '') });
  const shown = command.argv.join(' ');
  if (result.timedOut) {
    return failed(
      shellFailure('COMMAND_TIMED_OUT', {
        what: `the command did not end within ${command.timeout} ms: ${shown}`,
      }),
    );
  }
  if (command.cwd !== undefined && !existsSync(command.cwd)) {
    return failed(
      shellFailure('FILE_UNREADABLE', { what: `there is no directory ${command.cwd} to run ${file} in` }),
    );
  }
  if (result.code === 'ENOENT')
    return failed(shellFailure('COMMAND_NOT_FOUND', { what: `cannot find the command ${file}` }));
  const status =
    result.exitCode === undefined
      ? (result.signal ?? result.code ?? 'no status')
      : `status ${result.exitCode}`;
  const printed = [
    ...linesOf('stdout', String(result.stdout ?? '')),
    ...linesOf('stderr', String(result.stderr ?? '')),
  ];
  const why = lastLines(printed) || result.originalMessage;
  return failed(shellFailure('COMMAND_FAILED', { what: `${status} from: ${shown}`, why }));
};

/** A command in the foreground of the terminal. */
interface ForegroundCommand extends Pick<Command, 'argv' | 'env'> {
  /** Passes the terminal's input on; the terminal itself then sends it Ctrl-C. */
  readonly input: boolean;
  /** Called if it still runs `patience` milliseconds after the first stop request, or at the second request. */
  readonly stop: () => void;
  readonly patience: number;
  /**
   * Called after the command has ended, with the signal of the first request or SIGTERM: its container may still run. Stop
   * requests are handled until it returns.
   */
  readonly finish: (signal: NodeJS.Signals) => Promise<unknown>;
}

/** How a command in the foreground ended. */
export interface Ended {
  /** Its status, or the signal that killed it. */
  readonly status: number | NodeJS.Signals;
  /** Whether it was asked to stop. */
  readonly asked: boolean;
  /** The end of its standard error; empty if it has the terminal. */
  readonly errors: string;
}

/** Characters of standard error that are kept. */
const errorsKept = 8192;

/**
 * Runs a command that inherits the output, and passes SIGINT, SIGTERM and SIGHUP on to it, so that it ends before this
 * process. It has its own process group, otherwise it would get signals of the terminal twice. Failure:
 * COMMAND_NOT_FOUND.
 */
export async function runForeground(command: ForegroundCommand): Promise<Result<Ended>> {
  const { execa } = await import('execa');
  const [file, ...args] = command.argv;
  const child = execa(file, args, {
    reject: false,
    cleanup: false,
    detached: !command.input,
    // With a terminal, nothing may stand between.
    stdio: [command.input ? 'inherit' : 'ignore', 'inherit', command.input ? 'inherit' : ['inherit', 'pipe']],
    buffer: false,
    ...(command.env && { env: { ...command.env }, extendEnv: false }),
  });
  let errors = '';
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    errors = (errors + chunk).slice(-errorsKept);
  });
  let asked: { readonly signal: NodeJS.Signals; readonly at: number } | undefined;
  let timer: NodeJS.Timeout | undefined;
  const pass = (signal: NodeJS.Signals): void => {
    if (asked === undefined) {
      asked = { signal, at: Date.now() };
      timer = setTimeout(command.stop, command.patience);
      child.kill(signal);
      // A terminal and Nx may both send a signal; that counts as one request.
    } else if (signal === asked.signal && Date.now() - asked.at > 1000) command.stop();
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, pass);
  const result = await child;
  const request = asked as { signal: NodeJS.Signals } | undefined;
  if (result.code !== 'ENOENT') await command.finish(request?.signal ?? 'SIGTERM');
  for (const signal of signals) process.off(signal, pass);
  clearTimeout(timer);
  if (result.code === 'ENOENT')
    return failed(shellFailure('COMMAND_NOT_FOUND', { what: `cannot find the command ${file}` }));
  return ok({ status: result.exitCode ?? result.signal ?? 128, asked: request !== undefined, errors });
}

/** A process that runs until it ends or is stopped. */
export interface Started {
  readonly pid: number;
  /** `performance.now()` just before the fork. */
  readonly began: number;
  /** Its status, or the signal that killed it. Waits for its output, too. */
  readonly ended: Promise<{ readonly status: number | NodeJS.Signals; readonly at: number }>;
  readonly kill: (signal: NodeJS.Signals) => void;
}

/**
 * Starts a process for measuring it: nothing happens between the clock and the fork, and its output is passed on as it
 * arrives. Failure: COMMAND_NOT_FOUND.
 */
export async function startProcess(
  { argv, env, cwd }: Pick<Command, 'argv' | 'env' | 'cwd'>,
  onOutput: (chunk: string, from: Stream) => void,
): Promise<Result<Started>> {
  const { spawn } = await import('node:child_process');
  const [file, ...args] = argv;
  const began = performance.now();
  const child = spawn(file, args, { env, cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = new Promise<Awaited<Started['ended']>>((resolve) => {
    let at = began;
    child.on('exit', () => {
      at = performance.now();
    });
    child.on('close', (status, signal) => resolve({ status: status ?? signal ?? 128, at }));
    child.on('error', () => resolve({ status: 127, at: performance.now() }));
  });
  for (const from of ['stdout', 'stderr'] as const)
    child[from].setEncoding('utf8').on('data', (chunk: string) => onOutput(chunk, from));
  if (child.pid === undefined)
    return failed(shellFailure('COMMAND_NOT_FOUND', { what: `cannot find the command ${file}` }));
  return ok({ pid: child.pid, began, ended, kill: (signal) => void child.kill(signal) });
}

function isBytes(input: Command['input']): input is string | Uint8Array {
  return typeof input === 'string' || input instanceof Uint8Array;
}

/**
 * Starts a command that outlives this process. A shell starts it in the background and ends, so it is no descendant of ours: Nx
 * kills an executor together with all its descendants. The result does not say how the command ends. Failure: COMMAND_NOT_FOUND,
 * without a shell.
 */
export async function startApart({ argv, env }: Pick<Command, 'argv' | 'env'>): Promise<Result<void>> {
  const { spawn } = await import('node:child_process');
  const shell = ['-c', '"$@" </dev/null >/dev/null 2>&1 &', 'sh', ...argv];
  const child = spawn('sh', shell, { env, stdio: 'ignore', detached: true });
  return new Promise((resolve) => {
    child.on('exit', () => resolve(ok(undefined)));
    child.on('error', () =>
      resolve(failed(shellFailure('COMMAND_NOT_FOUND', { what: 'cannot find the command sh' }))),
    );
  });
}
