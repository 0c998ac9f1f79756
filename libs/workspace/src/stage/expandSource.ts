import { hasGlob, matchGlob } from '@prism-build/containerfile';
import type { Files } from './files';
import { inContext, joined } from './mounts';

/** The paths of a context that a pattern matches; each part of it matches one name, as in COPY. */
export function expandSource(context: string, pattern: string, files: Files): string[] {
  if (pattern === '.') return [''];
  // Most have neither, and name one path.
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
