import { containerfileFailure, failed, ok, type Result } from '@prism-build/errors';
import { compileGlob } from './compile';
import { dropEscapes, hasGlob } from './tokens';

/** The directories in which a pattern is looked up. The root is ''. */
export interface Listing {
  /** The names in a directory, or in the one that a link leads to; none for anything else. */
  readonly list: (directory: string) => Iterable<string>;
  readonly exists: (path: string) => boolean;
}

/**
 * The paths that a pattern of COPY matches, sorted, like Go's filepath.Glob: each part of the pattern matches one name.
 * A pattern without wildcards is returned without its escapes, even if the path does not exist. Failure:
 * GLOB_BAD_PATTERN.
 */
export function expandGlob(pattern: string, { list, exists }: Listing): Result<string[]> {
  if (!hasGlob(pattern)) return ok([dropEscapes(pattern)]);
  let found = [''];
  for (const part of pattern.split('/').filter(Boolean)) {
    const matches = compileGlob(part, 'copy');
    if (matches === undefined) {
      const what = `The pattern ${JSON.stringify(pattern)} is malformed.`;
      return failed(containerfileFailure('GLOB_BAD_PATTERN', { what }));
    }
    const join = (directory: string, name: string) => (directory === '' ? name : `${directory}/${name}`);
    found = found.flatMap((directory) =>
      hasGlob(part)
        ? [...list(directory)].filter(matches).map((name) => join(directory, name))
        : [join(directory, dropEscapes(part))].filter(exists),
    );
  }
  return ok(found.sort());
}
