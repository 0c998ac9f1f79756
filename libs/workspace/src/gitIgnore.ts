import { hasGlob, parentOf } from '@prism-build/containerfile';
import ignore, { type Ignore } from 'ignore';

/** Whether .gitignore or .nxignore ignores a workspace-relative path. The path may be a pattern or not exist. */
export type IsIgnored = (path: string) => boolean;

/**
 * Reads each .gitignore above the given paths once. As in git, the deepest file wins, and nothing below an ignored
 * directory can be included again.
 *
 * @param read the text of a file; undefined if there is none
 */
export function openGitIgnore(read: (path: string) => string | undefined): IsIgnored {
  const matchers = new Map<string, Matcher | undefined>();
  const matcherOf = (directory: string): Matcher | undefined => {
    if (!matchers.has(directory)) matchers.set(directory, makeMatcher(directory, read));
    return matchers.get(directory);
  };
  /** The ignore files that apply to a path, each with the path relative to it. */
  const listMatchers = (path: string): { readonly matcher: Matcher; readonly inner: string }[] => {
    const found: { readonly matcher: Matcher; readonly inner: string }[] = [];
    for (let start = 0; start >= 0; ) {
      const above = path.slice(0, Math.max(0, start - 1));
      if (hasGlob(above)) break;
      const matcher = matcherOf(above);
      if (matcher) found.push({ matcher, inner: path.slice(start) });
      const slash = path.indexOf('/', start);
      start = slash < 0 ? -1 : slash + 1;
    }
    return found;
  };
  const known = new Map<string, boolean>();
  const isIgnored = (path: string, directory: boolean): boolean => {
    let ignored = false;
    for (const { matcher, inner } of listMatchers(path)) {
      const result = matcher.rules.test(`${inner}${directory ? '/' : ''}`);
      const slash = inner.lastIndexOf('/');
      // A deeper file may override a rule about a parent directory; parents were checked before.
      const inherited = result.ignored && slash > 0 && matcher.rules.test(inner.slice(0, slash + 1)).ignored;
      if (inherited) continue;
      if (result.ignored || result.unignored) ignored = result.ignored;
    }
    return ignored;
  };
  const ask = (path: string): boolean => {
    const matchers = listMatchers(path);
    // A pattern that ignores a file also ignores a directory; `test` includes the parent directories.
    if (!matchers.some(({ matcher }) => matcher.includes))
      return matchers.some(({ matcher, inner }) => matcher.rules.test(`${inner}/`).ignored);
    const above = parentOf(path);
    // A path that does not exist may become a directory, and `dist/` matches directories only.
    return (above !== '' && isKnownIgnored(above)) || isIgnored(path, false) || isIgnored(path, true);
  };
  const isKnownIgnored = (path: string): boolean => {
    const one = known.get(path) ?? ask(path);
    known.set(path, one);
    return one;
  };
  return (path) => path !== '' && path !== '.' && !path.startsWith('..') && isKnownIgnored(path);
}

interface Matcher {
  readonly rules: Ignore;
  /** Whether a line with `!` includes paths again. */
  readonly includes: boolean;
}

function makeMatcher(directory: string, read: (path: string) => string | undefined): Matcher | undefined {
  const names = directory === '' ? ['.gitignore', '.nxignore'] : ['.gitignore'];
  const texts = names.flatMap((name) => {
    try {
      return read(directory === '' ? name : `${directory}/${name}`) ?? [];
    } catch {
      return [];
    }
  });
  return texts.length > 0 ? compile(texts.join('\n')) : undefined;
}

/** Cached by text: all components use the same few files, and patterns are slow to compile. */
const compiled = new Map<string, Matcher>();
const mostCompiled = 1000;

function compile(text: string): Matcher {
  const known = compiled.get(text);
  if (known) return known;
  if (compiled.size >= mostCompiled) compiled.clear();
  const made = { rules: ignore().add(text), includes: /^!/m.test(text) };
  compiled.set(text, made);
  return made;
}
