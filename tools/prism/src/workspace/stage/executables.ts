import { createHash } from 'node:crypto';
import { hasGlob, type IgnoreMatcher, matchGlob, type Source } from '@prism-build/containerfile';
import type { Files, Kind } from './files';
import { inContext, joined } from './mounts';

/** More files than this are not looked at one by one with every command of nx; some 5 µs each. */
const mostFiles = 10_000;
/** Longer lists are no help to a reader: their digest stands in a key as well. */
const mostNamed = 32;

/**
 * Which files of those that COPY takes their owner may execute: paths of the context, sorted. Nx hashes contents, and
 * a mode is no content. Many are one digest. Undefined where there are too many files to look at.
 *
 * @param sources what is copied with the modes that it has, with what links on the way lead to
 */
export function listExecutables(
  context: string,
  sources: readonly Source[],
  rules: IgnoreMatcher,
  files: Files,
): readonly string[] | undefined {
  if (context.startsWith('..')) return [];
  const seen = new Set<string>();
  const found: string[] = [];
  const visit = (path: string, kind: Kind): void => {
    if (seen.has(path) || seen.size > mostFiles) return;
    seen.add(path);
    const place = inContext(context, path);
    const directory = kind === 'directory';
    const ignored = path !== '' && rules.ignores(path, directory);
    if (ignored && (!directory || rules.canPrune(path))) return;
    if (directory) for (const entry of files.list(place)) visit(joined(path, entry.name), entry.kind);
    else if (kind === 'file' && files.isExecutable(place)) found.push(path);
  };
  for (const source of sources)
    if (source.kind === 'path')
      for (const path of expand(context, source.path, files))
        visit(path, files.kindOf(inContext(context, path)));
  return seen.size > mostFiles ? undefined : summarise(found.sort());
}

function summarise(paths: readonly string[]): readonly string[] {
  if (paths.length <= mostNamed) return paths;
  const digest = createHash('sha256').update(paths.join('\0')).digest('hex');
  return [`${paths.length} files, sha256:${digest}`];
}

/** The paths that a pattern stands for, a part after the other; each part matches a name, as in COPY. */
function expand(context: string, pattern: string, files: Files): string[] {
  if (pattern === '.') return [''];
  return pattern.split('/').reduce<string[]>(
    (above, part) => {
      if (!hasGlob(part) && !part.includes('\\')) return above.map((path) => joined(path, part));
      return above.flatMap((path) =>
        files.list(inContext(context, path)).flatMap(({ name }) => {
          const match = matchGlob(part, name);
          return match.ok && match.value ? [joined(path, name)] : [];
        }),
      );
    },
    [''],
  );
}
