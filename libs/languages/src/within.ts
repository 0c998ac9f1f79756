import { compileGlob, type Matches, parentOf } from '@prism-build/containerfile';
import type { Closure, Part } from './closure';

/** A tree has few different patterns, and very many names. */
const compiled = new Map<string, Matches>();
const mostCompiled = 1000;

/** Whether a name matches a pattern by Go's path.Match; a malformed one matches nothing. */
export function matchesName(pattern: string, name: string): boolean {
  const known = compiled.get(pattern);
  if (known) return known(name);
  if (compiled.size >= mostCompiled) compiled.clear();
  const matches = compileGlob(pattern, 'copy') ?? (() => false);
  compiled.set(pattern, matches);
  return matches(name);
}

/** Whether a file of the tree belongs to a closure. */
export function partsHold({ parts, except }: Pick<Closure, 'parts' | 'except'>): (path: string) => boolean {
  const paths = (kind: Part['kind']) =>
    new Set(parts.filter((part) => part.kind === kind).map(({ path }) => path));
  const [files, trees] = [paths('file'), paths('tree')];
  const names = new Map<string, string[]>();
  for (const part of parts)
    if (part.kind === 'files') names.set(part.path, [...(names.get(part.path) ?? []), part.names]);
  const inTree = (path: string): boolean => {
    if (trees.has(path)) return true;
    return path !== '' && inTree(parentOf(path));
  };
  return (path) => {
    if (except.some((ending) => path.endsWith(ending))) return false;
    const directory = parentOf(path);
    const name = path.slice(directory === '' ? 0 : directory.length + 1);
    const named = (names.get(directory) ?? []).some((pattern) => matchesName(pattern, name));
    return named || files.has(path) || inTree(directory);
  };
}
