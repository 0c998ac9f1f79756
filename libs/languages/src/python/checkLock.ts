import { basename } from 'node:path';
import { compileFailure, type Failure } from '@prism-build/errors';
import { joinInside } from '../closure';
import type { CheckedSources, CheckRequest } from '../language';
import { type LockFile, readLocks } from './lockFiles';

/** Locks in formats of other tools, with the command that exports a lock in pip's format. */
const exported: readonly (readonly [RegExp, string])[] = [
  [/^uv\.lock$/u, 'uv export --frozen --no-emit-workspace --output-file=requirements.txt'],
  [/^poetry\.lock$/u, 'poetry export --output=requirements.txt'],
  [/^pdm\.lock$/u, 'pdm export --output=requirements.txt'],
  [/^Pipfile\.lock$/u, 'pipenv requirements --hash > requirements.txt'],
  [
    /^pylock\.(?:[^.]+\.)?toml$/u,
    'uv export --frozen --format=requirements.txt --output-file=requirements.txt',
  ],
  [/\.(?:in|toml)$/u, 'npx nx g prism:lock'],
];

/** How to convert a lock of another format; undefined for pip's format. */
export function exportCommand(path: string): string | undefined {
  return exported.find(([pattern]) => pattern.test(basename(path)))?.[1];
}

/** Entries of a lock that cannot be honoured, with file and line. */
export function checkLock({ recognised, working, at }: CheckRequest, sources: CheckedSources): Failure[] {
  const { requirements } = recognised.flags;
  if (requirements === undefined) return [];
  const command = exportCommand(requirements);
  if (command !== undefined)
    return [
      compileFailure('LOCK_UNUSABLE', {
        what: `${requirements} is not a lock in pip's format`,
        remedy: `Run \`${command}\`, and name what it writes in RUN and COPY.`,
        at,
      }),
    ];
  const { files, missing } = readLocks(joinInside(working, requirements)!, sources);
  if (files.length === 0)
    return [
      compileFailure('LOCK_UNUSABLE', {
        what: `no COPY of the compile stage brings ${requirements}`,
        remedy: `Write \`COPY ${requirements} ./\` above RUN, or make the file: \`npx nx g prism:lock\`.`,
        at,
      }),
    ];
  return [
    ...files.flatMap((file) => checkFile(file, sources.placeOf(file.path))),
    ...missing.map(({ path, line, name }) =>
      compileFailure('LOCK_UNUSABLE', {
        what: `${name} is not in the compile stage`,
        remedy: `Write a COPY that brings ${name} beside ${basename(path)}.`,
        at: { file: sources.placeOf(path), line },
      }),
    ),
  ];
}

/** Lists at most this many entries: a longer list would not help the reader. */
const mostNamed = 5;

function checkFile({ refused, unhashed }: LockFile, file: string): Failure[] {
  const failures = refused.map(({ line, what, remedy }) =>
    compileFailure('LOCK_UNUSABLE', { what, remedy, at: { file, line } }),
  );
  const [first] = unhashed;
  if (!first) return failures;
  const names = unhashed.slice(0, mostNamed).map(({ name, line }) => `${name} (line ${line})`);
  const more = unhashed.length - names.length;
  const what = `requirements without --hash: ${names.join(', ')}${more > 0 ? `, and ${more} more` : ''}`;
  return [...failures, compileFailure('LOCK_UNUSABLE', { what, at: { file, line: first.line } })];
}
