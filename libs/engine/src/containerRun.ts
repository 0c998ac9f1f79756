import type { Argv } from './engine';

/** A program of an image that an engine has, with directories of the machine at their own paths. */
export interface RunCall {
  /** By ID or by name. */
  readonly image: string;
  readonly argv: readonly [string, ...string[]];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** Names of variables that the engine's own environment has values for: those may be secret. */
  readonly inherit: readonly string[];
  readonly writable: readonly string[];
  readonly readable: readonly string[];
  readonly network: 'none' | 'host';
  /** Whether it reads standard input. */
  readonly interactive: boolean;
}

/** What `run` of both engines takes. */
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

/** Docker as one who runs programs of images that it was given. */
export const dockerRunner = {
  /** Prints what the daemon does for security; `parseRootless` reads it. */
  security: (): Argv => ['docker', 'info', '--format', '{{json .SecurityOptions}}'],
  /** `user` is who owns the files outside: root inside for a rootless daemon, else the caller. */
  run: (call: RunCall, user: string): Argv => ['docker', ...runArguments(call, user)],
} as const;

/** Whether root inside a daemon's containers is the user who started the daemon. */
export function parseRootless(security: string): boolean {
  return security.includes('name=rootless');
}
