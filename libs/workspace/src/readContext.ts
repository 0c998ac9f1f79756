import { join } from 'node:path';
import { readDirectory, type Tree } from '@prism-build/assemble';
import {
  type ContextSource,
  hasGlob,
  type IgnoreMatcher,
  ignoreFileCandidates,
  ignoreNothing,
  parseIgnoreFile,
} from '@prism-build/containerfile';
import { failed, imageFailure, ok, type Result } from '@prism-build/errors';
import { fileFailure, readTextIfThere } from '@prism-build/shell';

/** The text of a file of the workspace; undefined where there is none. */
export type ReadText = (path: string) => string | undefined;

/** The ignore file that the engines would use for this Containerfile and context, as rules. */
export function readIgnoreRules(
  read: ReadText,
  containerfile: string,
  context: string,
): Result<IgnoreMatcher> {
  try {
    for (const candidate of listIgnoreFiles(containerfile, context)) {
      const text = read(candidate);
      if (text !== undefined) return parseRules(text, candidate);
    }
    return ok(ignoreNothing);
  } catch (error) {
    return failed(fileFailure(error, `cannot read the ignore file of ${containerfile}`));
  }
}

/** By text: components have few different ignore files, and patterns are slow to compile. Matchers have no state. */
const parsed = new Map<string, Result<IgnoreMatcher>>();
const mostParsed = 1000;

function parseRules(text: string, file: string): Result<IgnoreMatcher> {
  const known = parsed.get(text);
  if (known) return known;
  const rules = parseIgnoreFile(text, file);
  // Failures name the file.
  if (!rules.ok) return rules;
  if (parsed.size >= mostParsed) parsed.clear();
  parsed.set(text, rules);
  return rules;
}

/** Where an ignore file may lie, relative to the workspace as both arguments are, in order of precedence. */
export function listIgnoreFiles(containerfile: string, context: string): string[] {
  const base = context === '.' || context === '' ? '' : `/${context}`;
  return ignoreFileCandidates(`/${containerfile}`, base).map((path) => path.replace(/^\//, ''));
}

/** Reads files below a directory. */
export function readBelow(root: string): ReadText {
  return (path) => readTextIfThere(join(root, path));
}

/**
 * What is read of the context, and no more, as a tree.
 *
 * @param paths relative to the context; they may have wildcards
 */
export function readContextTree(
  root: string,
  containerfile: string,
  context: string,
  paths: readonly string[],
): Result<Tree> {
  const roots = [...new Set(paths.map(literalPart))];
  if (roots.length === 0) return ok(new Map());
  const rules = readIgnoreRules(readBelow(root), containerfile, context);
  if (!rules.ok) return rules;
  const outside = context.startsWith('..');
  if (outside) {
    const what = `the context ${context} is outside of the workspace`;
    return failed(imageFailure('COPY_SOURCE_OUTSIDE', { what, at: { file: containerfile } }));
  }
  return readDirectory(join(root, context), roots, rules.value);
}

/** What is read of a context as paths: `` is all of it. */
export function contextPaths(sources: readonly ContextSource[]): string[] {
  return sources.flatMap(({ source }) =>
    source.kind === 'path' ? [source.path === '.' ? '' : source.path] : [],
  );
}

/** The directory that a pattern with wildcards starts below; the path itself without wildcards. */
export function literalPart(pattern: string): string {
  const parts = pattern.split('/');
  const wild = parts.findIndex(hasGlob);
  return (wild < 0 ? parts : parts.slice(0, wild)).join('/');
}
