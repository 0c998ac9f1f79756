import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { chooseEngine, type Engine } from '@prism-build/engine';
import type { Result } from '@prism-build/errors';
import { type Command, findOnPath, type Run, run } from '@prism-build/shell';
import type { Directories } from '@prism-build/workspace';

/** The engine that an option names, else PRISM_ENGINE, else podman, else docker. */
export function pickEngine(option: string): Result<Engine> {
  return chooseEngine(option === 'auto' ? (process.env.PRISM_ENGINE ?? 'auto') : option, isOnPath);
}

/** The environment for engines. Sets CONTAINERS_CONF to `.prism/containers.conf` if that exists and the user set none. */
export function engineEnvironment({ prism }: Directories): Record<string, string> {
  const settings = join(prism, 'containers.conf');
  const env = Object.fromEntries(
    Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
  return env.CONTAINERS_CONF || !existsSync(settings) ? env : { ...env, CONTAINERS_CONF: settings };
}

export function engineRun(directories: Directories, more: Readonly<Record<string, string>> = {}): Run {
  const env = { ...engineEnvironment(directories), ...more };
  return (command: Command) => run({ ...command, env });
}

export function isOnPath(command: string): boolean {
  return findOnPath(command, process.env) !== undefined;
}
