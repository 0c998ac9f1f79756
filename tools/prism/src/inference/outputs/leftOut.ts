import type { IgnoreMatcher } from '@prism-build/containerfile';
import { literalPart } from '@prism-build/workspace';

/**
 * Whether the ignore file of a context leaves out all that a path of the workspace names: a path that may come back by a
 * later `!` is not left out.
 */
export function openLeftOut(context: string, rules: IgnoreMatcher): (path: string) => boolean {
  if (rules.patterns.length === 0) return () => false;
  const prefix = context === '.' || context === '' ? '' : `${context}/`;
  return (path) => {
    const literal = path.startsWith(prefix) ? literalPart(path.slice(prefix.length)) : '';
    return literal !== '' && rules.canPrune(literal);
  };
}
