import { join, relative } from 'node:path/posix';
import { compileFailure, failed, generateFailure, ok, type Result } from '@prism-build/errors';
import { exportCommand, parseProject, readLocks } from '@prism-build/languages';
import { hasConflict } from '../shared/dirtyLock';
import type { Sources } from './program';
import { findUnread } from './pythonManifests';

export interface Requirements {
  /** The lock that the compile stage reads; absent if the program has no dependencies. */
  readonly lock: string | undefined;
  /** Files to copy into the compile stage: the lock and the files that it includes. */
  readonly copies: readonly string[];
  readonly files: ReadonlyMap<string, string>;
  readonly notes: readonly string[];
  readonly next: readonly string[];
}

const nothing = { copies: [], files: new Map<string, string>(), notes: [], next: [] };

/** The dependencies of a Python program and their lock: requirements.lock, or a requirements.txt with hashes. */
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
    const locked = readLock(sources, directory, lock);
    if (locked) return locked;
    if (meaningful(text).length === 0) return ok({ ...nothing, lock: undefined });
  }
  const foreign = foreignLocks.find((name) => read(name) !== undefined);
  if (foreign !== undefined && read('requirements.in') === undefined)
    return failed(
      compileFailure('LOCK_UNUSABLE', {
        what: "this is not a lock in pip's format",
        remedy: `Run \`${exportCommand(foreign)}\` in ${directory}, and start the generator again.`,
        at: { file: join(directory, foreign) },
      }),
    );
  if (read('requirements.in') === undefined && read('requirements.txt') === undefined) {
    const unread = findUnread(read, directory);
    if (unread) return failed(unread);
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
    copies: ['requirements.lock'],
    files,
    notes: [
      'Dependencies are taken as wheels, by their digests; what has none for both platforms cannot be used.',
    ],
    next: ['npx nx g prism:lock'],
  });
}

const foreignLocks = ['uv.lock', 'poetry.lock', 'pdm.lock', 'Pipfile.lock', 'pylock.toml'];

/** A lock with hashes, in the file or in one that it includes; undefined if there are none. */
function readLock(sources: Sources, directory: string, lock: string): Result<Requirements> | undefined {
  const { files } = readLocks(join(directory, lock), {
    facts: (path, _, parse) => {
      const text = sources.read(path);
      return text === undefined ? undefined : parse(text);
    },
  });
  if (!files.some(({ path }) => /--hash[=\s]\s*sha/.test(sources.read(path)!))) return undefined;
  const refused = files.flatMap(({ path, refused }) =>
    refused.map(({ line, what, remedy }) =>
      compileFailure('LOCK_UNUSABLE', { what, remedy, at: { file: path, line } }),
    ),
  );
  if (refused.length > 0) return failed(...refused);
  const copies = files.flatMap(({ path, links }) => [
    relative(directory, path),
    ...links.map(({ name }) => relative(directory, join(path, '..', name))),
  ]);
  const outside = copies.find((path) => path.startsWith('..'));
  if (outside === undefined) return ok({ ...nothing, lock, copies: [...new Set(copies)] });
  const what = `${lock} includes ${outside}, which lies outside of ${directory}`;
  return failed(generateFailure('PROGRAM_NOT_SUPPORTED', { what, remedy: `Put the file beside ${lock}.` }));
}

function meaningful(text: string): string[] {
  return text.split('\n').filter((line) => line.trim() !== '' && !line.trim().startsWith('#'));
}

/** Dependencies by PEP 621. */
function projectDependencies(text: string | undefined): string | undefined {
  return text === undefined ? undefined : parseProject(text).dependencies?.join('\n');
}
