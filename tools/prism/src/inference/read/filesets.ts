import type { IgnoreMatcher, Source } from '@prism-build/containerfile';
import type { Part } from '@prism-build/languages';
import { literalPath, special } from './fileset';

/** Characters that mean something in Nx's patterns but not in a Containerfile's. */
const foreign = /[{}()!+@#\\]/;

/**
 * Sources of a context as Nx filesets. If a pattern has no exact equivalent, the fileset is wider, never narrower: a key may
 * cover an unread file, but must not miss a read one.
 */
export function toFilesets(context: string, sources: readonly Source[]): string[] {
  const prefix = workspacePath(context);
  const patterns = sources.flatMap((source) => {
    if (source.kind !== 'path') return [];
    const path = toPattern(source.path);
    return path === '.' || path === '' ? [`${prefix}**/*`] : [`${prefix}${path}`, `${prefix}${path}/**/*`];
  });
  return [...new Set(patterns)];
}

/** Parts of the workspace as Nx filesets, and their exclusions as one negative fileset. */
export function toPartFilesets(context: string, parts: readonly Part[], except: readonly string[]): string[] {
  const filesets = parts.map((part) => {
    const prefix = workspacePath(part.path);
    if (part.kind === 'file') return prefix.replace(/\/$/, '');
    return part.kind === 'tree' ? `${prefix}**/*` : `${prefix}${toPattern(part.names)}`;
  });
  const endings = except.length > 1 ? `{${except.join(',')}}` : except.join('');
  // Nx refuses a negation that has nothing to filter.
  const none = endings === '' || filesets.length === 0 || special.test(context);
  const negative = none ? [] : [`!${workspacePath(context)}**/*${endings}`];
  return [...new Set(filesets), ...negative];
}

/**
 * The patterns of an ignore file as negative filesets. Uses only patterns after the last `!`, because Nx cannot include a
 * file again, and none that would exclude a required file.
 */
export function toExclusions(context: string, rules: IgnoreMatcher, mustCount: readonly string[]): string[] {
  const prefix = workspacePath(context);
  // An inexact exclusion could exclude other files.
  if (special.test(context)) return [];
  const last = rules.patterns.findLastIndex(({ negated }) => negated);
  const visible = new Set(mustCount.flatMap(pathAndParents));
  const usable = rules.patterns.slice(last + 1).filter(({ text, matches }) => {
    const hides = [...visible].some(matches);
    // `**` inside a name has different meanings in engines and in Nx. With `..`, a pattern matches nothing, and Nx fails.
    const odd = text.split('/').some((part) => part === '..' || (part !== '**' && part.includes('**')));
    return !foreign.test(text) && !odd && !hides;
  });
  return usable.flatMap(({ text }) => [`!${prefix}${text}`, `!${prefix}${text}/**`]);
}

function workspacePath(context: string): string {
  return context === '.' || context === '' ? '{workspaceRoot}/' : `{workspaceRoot}/${literalPath(context)}/`;
}

/**
 * A pattern of COPY as a pattern of Nx. In Nx, `?` and a class match one byte, in engines one character (`ä` is two bytes).
 * Characters that are special only in Nx, or escaped, are treated as literals.
 */
function toPattern(pattern: string): string {
  if (!special.test(pattern)) return pattern;
  return pattern.replaceAll(
    /\\(.)|\[(?:\\.|[^\]\\])*\]|[?[\]]|[{}()!+@#\\]/gsu,
    (found, escaped?: string) => {
      if (escaped !== undefined) return literalPath(escaped);
      return found === '?' || found.length > 1 ? '*' : '?';
    },
  );
}

function pathAndParents(path: string): string[] {
  const parts = path.split('/');
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
}
