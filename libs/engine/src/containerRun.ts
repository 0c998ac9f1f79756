import type { Argv } from './engine';

/** A program of a loaded image, with directories of the host mounted at their own paths. */
export interface RunCall {
  /** By ID or by name. */
  readonly image: string;
  readonly argv: readonly [string, ...string[]];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** Names of variables whose values come from the engine's environment, because they may be secret. */
  readonly inherit: readonly string[];
  readonly writable: readonly string[];
  readonly readable: readonly string[];
  readonly network: 'none' | 'host';
  /** Whether it reads standard input. */
  readonly interactive: boolean;
}

/** Arguments of `run` for both engines. */
export function runArguments(call: RunCall, user: string): string[] {
  const own = [
    '--rm',
    '--pull=never',
    '--log-driver=none',
    '--security-opt',
    'label=disable',
    '--user',
    user,
  ];
  return [
    ...['run', ...own, ...(call.interactive ? ['--interactive'] : [])],
    ...['--network', call.network, '--workdir', call.cwd],
    ...Object.entries(call.env).flatMap(([name, value]) => ['--env', `${name}=${value}`]),
    ...call.inherit.flatMap((name) => ['--env', name]),
    ...call.writable.flatMap((path) => ['--volume', `${path}:${path}`]),
    ...call.readable.flatMap((path) => ['--volume', `${path}:${path}:ro`]),
    ...['--entrypoint', call.argv[0], call.image, ...call.argv.slice(1)],
  ];
}

/** Docker as a runner of programs of loaded images. */
export const dockerRunner = {
  /** Prints the daemon's security options; `parseRootless` reads them. */
  security: (): Argv => ['docker', 'info', '--format', '{{json .SecurityOptions}}'],
  /** `user` owns the files on the host: root in the container for a rootless daemon, else the caller. */
  run: (call: RunCall, user: string): Argv => ['docker', ...runArguments(call, user)],
} as const;

/** Whether root inside a daemon's containers is the user who started the daemon. */
export function parseRootless(security: string): boolean {
  return security.includes('name=rootless');
}
