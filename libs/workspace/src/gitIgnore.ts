import { hasGlob } from '@prism-build/containerfile';
import ignore, { type Ignore } from 'ignore';

/** Whether git, or .nxignore, ignores a workspace-relative path; also one that does not exist, or a pattern. */
export type IsIgnored = (path: string) => boolean;

/**
 * Reads each .gitignore above the given paths once. As in git, the deepest file wins, and nothing below an ignored
 * directory can be included again.
 *
 * @param read the text of a file; undefined if there is none
 */
export function openGitIgnore(read: (path: string) => string | undefined): IsIgnored {
  const matchers = new Map<string, Ignore | undefined>();
  const matcherOf = (directory: string): Ignore | undefined => {
    if (!matchers.has(directory)) matchers.set(directory, makeMatcher(directory, read));
    return matchers.get(directory);
  };
  const known = new Map<string, boolean>();
  const isIgnored = (path: string, directory: boolean): boolean => {
    let ignored = false;
    const parts = path.split('/');
    for (let depth = 0; depth < parts.length; depth += 1) {
      const above = parts.slice(0, depth);
      if (above.some(hasGlob)) break;
      const matcher = matcherOf(above.join('/'));
      if (!matcher) continue;
      const inner = parts.slice(depth);
      const result = matcher.test(`${inner.join('/')}${directory ? '/' : ''}`);
      // A deeper file may override a rule about a parent directory; parents were checked before.
      const inherited = inner.length > 1 && matcher.test(`${inner.slice(0, -1).join('/')}/`).ignored;
      if (result.ignored && inherited) continue;
      if (result.ignored || result.unignored) ignored = result.ignored;
    }
    return ignored;
  };
  const ask = (path: string): boolean => {
    const parts = path.split('/');
    const above = parts.slice(0, -1).join('/');
    // A path that does not exist yet may become a directory, which `dist/` requires.
    return (above !== '' && isKnownIgnored(above)) || isIgnored(path, false) || isIgnored(path, true);
  };
  const isKnownIgnored = (path: string): boolean => {
    const one = known.get(path) ?? ask(path);
    known.set(path, one);
    return one;
  };
  return (path) => path !== '' && path !== '.' && !path.startsWith('..') && isKnownIgnored(path);
}

function makeMatcher(directory: string, read: (path: string) => string | undefined): Ignore | undefined {
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
const compiled = new Map<string, Ignore>();
const mostCompiled = 1000;

function compile(text: string): Ignore {
  const known = compiled.get(text);
  if (known) return known;
  if (compiled.size >= mostCompiled) compiled.clear();
  const made = ignore().add(text);
  compiled.set(text, made);
  return made;
}
