import { join } from 'node:path';
import { readDirectory, type Tree } from '@prism-build/assemble';
import {
  hasGlob,
  type IgnoreMatcher,
  ignoreFileCandidates,
  ignoreNothing,
  parseIgnoreFile,
} from '@prism-build/containerfile';
import { failed, imageFailure, ok, type Result } from '@prism-build/errors';
import type { Read } from '@prism-build/plan';
import { readTextIfThere } from '@prism-build/shell';

/** The ignore file that the engines would use for this Containerfile and context, as rules. */
export function readIgnoreRules(root: string, containerfile: string, context: string): Result<IgnoreMatcher> {
  for (const candidate of ignoreFileCandidates(join(root, containerfile), join(root, context))) {
    const text = readTextIfThere(candidate);
    if (text !== undefined) return parseIgnoreFile(text, candidate.slice(root.length + 1));
  }
  return ok(ignoreNothing);
}

/** What the copies take from the context, and no more: a tree. */
export function readContextTree(
  root: string,
  containerfile: string,
  context: string,
  copies: readonly Read[],
): Result<Tree> {
  const roots = [
    ...new Set(
      copies.filter(({ from }) => from.kind === 'context').flatMap((copy) => copy.sources.map(literalPart)),
    ),
  ];
  if (roots.length === 0) return ok(new Map());
  const rules = readIgnoreRules(root, containerfile, context);
  if (!rules.ok) return rules;
  const outside = context.startsWith('..');
  if (outside) {
    const what = `the context ${context} is outside of the workspace`;
    return failed(imageFailure('COPY_SOURCE_OUTSIDE', { what, at: { file: containerfile } }));
  }
  return readDirectory(join(root, context), roots, rules.value);
}

/** The directory that a pattern with wildcards starts below; the path itself without wildcards. */
export function literalPart(pattern: string): string {
  const parts = pattern.split('/');
  const wild = parts.findIndex(hasGlob);
  return (wild < 0 ? parts : parts.slice(0, wild)).join('/');
}
