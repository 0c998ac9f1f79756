import { engineFailure, failed, ok, type Result } from '@prism-build/errors';
import { docker, type Engine, podman } from './engine';

const engines: readonly Engine[] = [podman, docker];

/**
 * Chooses the engine: the requested one, else podman, else docker. `isThere` checks whether a command is on PATH.
 * Failures: ENGINE_UNKNOWN, ENGINE_MISSING.
 */
export function chooseEngine(asked: string, isThere: (command: string) => boolean): Result<Engine> {
  const candidates =
    asked === '' || asked === 'auto' ? engines : engines.filter(({ name }) => name === asked);
  if (candidates.length === 0)
    return failed(engineFailure('ENGINE_UNKNOWN', { what: `there is no engine called ${asked}` }));
  const found = candidates.find(({ name }) => isThere(name));
  if (found) return ok(found);
  const names = candidates.map(({ name }) => name).join(' nor ');
  return failed(
    engineFailure('ENGINE_MISSING', {
      what: `${candidates.length > 1 ? 'neither ' : 'no '}${names} on PATH`,
    }),
  );
}
