import { join } from 'node:path/posix';
import { failed, generateFailure, ok, type Result } from '@prism-build/errors';
import { parse } from 'smol-toml';
import { hasConflict } from '../shared/dirtyLock';
import type { Sources } from './program';

export interface Requirements {
  /** The lock that the compile stage reads; absent: the program needs nothing but Python. */
  readonly lock: string | undefined;
  readonly files: ReadonlyMap<string, string>;
  readonly notes: readonly string[];
  readonly next: readonly string[];
}

const nothing = { files: new Map<string, string>(), notes: [], next: [] };

/** What a Python program needs, and where it is locked: requirements.lock, or a requirements.txt with digests. */
export function findRequirements(sources: Sources, directory: string): Result<Requirements> {
  const read = (name: string) => sources.read(join(directory, name));
  for (const lock of ['requirements.lock', 'requirements.txt']) {
    const text = read(lock);
    if (text === undefined) continue;
    if (hasConflict(text))
      return failed(
        generateFailure('LOCK_DIRTY', {
          what: 'this lock has the marks of an unfinished merge',
          at: { file: join(directory, lock) },
        }),
      );
    if (/--hash=sha256:/.test(text)) return ok({ ...nothing, lock });
    if (meaningful(text).length === 0) return ok({ ...nothing, lock: undefined });
  }
  const declared =
    read('requirements.in') ?? read('requirements.txt') ?? projectDependencies(read('pyproject.toml'));
  if (declared === undefined || meaningful(declared).length === 0) return ok({ ...nothing, lock: undefined });
  const files =
    read('requirements.in') === undefined
      ? new Map([[join(directory, 'requirements.in'), `${meaningful(declared).join('\n')}\n`]])
      : nothing.files;
  return ok({
    lock: 'requirements.lock',
    files,
    notes: [
      'Dependencies are taken as wheels, by their digests; what has none for both platforms cannot be used.',
    ],
    next: ['npx nx g prism:lock'],
  });
}

function meaningful(text: string): string[] {
  return text.split('\n').filter((line) => line.trim() !== '' && !line.trim().startsWith('#'));
}

/** PEP 621. A file that is not TOML is somebody else's to complain about. */
function projectDependencies(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  try {
    const { project } = parse(text) as { project?: { dependencies?: unknown } };
    const list = project?.dependencies;
    return Array.isArray(list) ? list.join('\n') : undefined;
  } catch {
    return undefined;
  }
}
