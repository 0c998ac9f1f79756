import { hasGlob, matchGlob } from '@prism-build/containerfile';
import type { Files } from './files';
import { inContext, joined } from './mounts';

/** The paths of a context that match a pattern. Each part of the pattern matches one name, as in COPY. */
export function expandSource(context: string, pattern: string, files: Files): string[] {
  if (pattern === '.') return [''];
  // Without wildcards and escapes, the pattern is a path.
  if (!hasGlob(pattern) && !pattern.includes('\\')) return [pattern];
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
