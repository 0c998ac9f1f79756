import { expandGlob } from '@prism-build/containerfile';
import type { Files } from './files';
import { inContext } from './paths';

/** The paths of a context that a pattern of COPY matches; none if it is malformed, which the build reports. */
export function expandSource(context: string, pattern: string, files: Files): string[] {
  if (pattern === '.') return [''];
  const found = expandGlob(pattern, {
    list: (directory) => files.list(inContext(context, directory)).map(({ name }) => name),
    exists: (path) => files.kindOf(inContext(context, path)) !== 'none',
  });
  return found.ok ? found.value : [];
}
