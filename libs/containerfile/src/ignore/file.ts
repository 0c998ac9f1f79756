import { containerfileFailure, type Failure, failed, ok, type Place, type Result } from '@prism-build/errors';
import { compileGlob, type Matches } from '../glob/compile';
import { cleanPath } from '../path';
import { checkText, trim } from '../text';
import { canReinclude } from './prune';

/** One line of an ignore file. */
interface IgnorePattern {
  /** Clean, relative, without the `!`. */
  readonly text: string;
  readonly negated: boolean;
  readonly matches: Matches;
}

export interface IgnoreMatcher {
  /** Whether a path (clean, relative to the context) is ignored. The context itself never is. */
  readonly ignores: (path: string, isDirectory: boolean) => boolean;
  /** Whether a walker may skip a directory: it is ignored, and no later `!` can include anything below it. */
  readonly canPrune: (directory: string) => boolean;
  readonly patterns: readonly IgnorePattern[];
}

/**
 * Parses `.containerignore` or `.dockerignore` with the semantics of moby/patternmatcher: the last pattern that
 * matches a path or one of its parents decides. As in both engines, the Containerfile and the ignore file are not
 * special: they are copied unless a pattern excludes them.
 */
export function parseIgnoreFile(text: string, file: string): Result<IgnoreMatcher> {
  const failures: Failure[] = checkText(text, file);
  const patterns = text
    .replace(/^\ufeff/, '')
    .split('\n')
    .flatMap((line, index): IgnorePattern[] => {
      // A comment has its # in the first column; behind blanks it is a pattern.
      if (line.startsWith('#') || trim(line) === '') return [];
      const read = readPattern(trim(line));
      if (read !== undefined) return [read];
      const what = `The pattern ${JSON.stringify(trim(line))} is malformed.`;
      failures.push(containerfileFailure('IGNORE_FILE_BAD_PATTERN', { what, at: { file, line: index + 1 } }));
      return [];
    });
  return failures.length > 0 ? failed(...failures) : ok(makeMatcher(patterns));
}

/** Whether patterns of `--exclude` match a path. The syntax is that of an ignore file, without `#` comments. */
export function compilePatterns(patterns: readonly string[], at: Place): Result<(path: string) => boolean> {
  const read = patterns
    .filter((text) => trim(text) !== '')
    .map((text) => ({ text, pattern: readPattern(trim(text)) }));
  const failures = read
    .filter(({ pattern }) => pattern === undefined)
    .map(({ text }) => {
      const what = `The pattern ${JSON.stringify(text)} of --exclude is malformed.`;
      return containerfileFailure('IGNORE_FILE_BAD_PATTERN', { what, at });
    });
  if (failures.length > 0) return failed(...failures);
  const { ignores } = makeMatcher(read.flatMap(({ pattern }) => pattern ?? []));
  return ok((path) => ignores(path, false));
}

/** The matcher of an absent ignore file. */
export const ignoreNothing: IgnoreMatcher = makeMatcher([]);

function readPattern(line: string): IgnorePattern | undefined {
  const negated = line.startsWith('!');
  const written = negated ? trim(line.slice(1)) : line;
  if (written === '') return undefined;
  const clean = cleanPath(written);
  const text = clean.length > 1 && clean.startsWith('/') ? clean.slice(1) : clean;
  // Go cleans !/ to a lone !, which it refuses; without the ! it is harmless.
  if (negated && text === '/') return undefined;
  const matches = compileGlob(text, 'ignore');
  return matches === undefined ? undefined : { text, negated, matches };
}

function makeMatcher(patterns: readonly IgnorePattern[]): IgnoreMatcher {
  const ignores = (path: string): boolean => {
    if (path === '' || path === '.') return false;
    const parents = listParents(path);
    let ignored = false;
    for (const { negated, matches } of patterns) {
      // Skips patterns that would not change the result.
      if (negated === ignored && (matches(path) || parents.some(matches))) ignored = !negated;
    }
    return ignored;
  };
  const exceptions = patterns.filter(({ negated }) => negated).map(({ text }) => text);
  return {
    patterns,
    ignores,
    canPrune: (directory) => ignores(directory) && !exceptions.some((text) => canReinclude(text, directory)),
  };
}

/** `a/b/c` has the parents `a` and `a/b`. */
function listParents(path: string): string[] {
  const parents: string[] = [];
  for (let at = path.indexOf('/'); at >= 0; at = path.indexOf('/', at + 1)) parents.push(path.slice(0, at));
  return parents;
}
