import { existsSync } from 'node:fs';
import { join, posix } from 'node:path';
import { type BuildOptions, readRequest } from '@prism-build/builder';
import type { ContextSource } from '@prism-build/containerfile';
import { type Failure, imageFailure } from '@prism-build/errors';
import { resolveReads } from '@prism-build/plan';
import { readTextIfThere } from '@prism-build/shell';
import { literalPart, openGitIgnore, readBelow } from '@prism-build/workspace';
import { refuseMixed } from '../inference/contexts/findContext';
import { readSources } from './readSources';

/** Failures about images that are missing or not locked; they are not about sources. */
const ofBases = /^(IMAGE|BASE|LOCK|REGISTRY)_/;

/**
 * Explains where missing sources are, or which target could make them. Leaves out failures about bases: a lock does
 * not help while the context is wrong.
 */
export function explainSources(
  root: string,
  options: BuildOptions,
  failures: readonly Failure[],
): readonly Failure[] {
  const concern = failures.filter(({ code }) => code === 'COPY_SOURCE_MISSING' || ofBases.test(code));
  if (concern.length === 0 || options.context.startsWith('..')) return failures;
  const request = readRequest(root, options);
  if (!request.ok) return failures;
  // Resolves without bases: sources that name a variable of a base are skipped.
  const sources = readSources(resolveReads(request.value), options.step);
  const text = readTextIfThere(join(root, options.containerfile)) ?? '';
  const lost = sources.flatMap((one) => explain(one, root, options, text));
  if (lost.length === 0) return failures;
  const lines = new Set(lost.map(({ at }) => at?.line));
  const others = failures.filter(
    ({ code, at }) => !ofBases.test(code) && !(code === 'COPY_SOURCE_MISSING' && lines.has(at?.line)),
  );
  return [...lost, ...others];
}

function explain(
  { source, line }: ContextSource,
  root: string,
  { containerfile, context }: BuildOptions,
  text: string,
): Failure[] {
  if (source.kind !== 'path' || !isWritten(source.path, text)) return [];
  const { path } = source;
  const isThere = (place: string) => existsSync(join(root, literalPart(place)));
  const place = posix.join(context, path);
  if (path === '.' || place.startsWith('..') || isThere(place)) return [];
  if (context !== '.' && isThere(path))
    return [refuseMixed({ path, line }, { file: containerfile, directory: context })];
  const at = { file: containerfile, line };
  const directory = posix.dirname(containerfile);
  if (context !== directory && isThere(posix.join(directory, path))) {
    const what = `COPY source ${path} does not exist in context ${context}. It exists beside ${containerfile}`;
    const remedy = `Set "context": "${directory}" in the options of build-image, in project.json or package.json of this project.`;
    return [imageFailure('COPY_SOURCE_MISSING', { what, remedy, at })];
  }
  if (!openGitIgnore(readBelow(root))(place)) return [];
  const what = `COPY source ${path} does not exist in context ${context}. git ignores it, and no target is known to make it`;
  const remedy = `Name the target that makes it: "from": {"${place}": "<project>:<target>"} in the options of build-image.`;
  return [imageFailure('COPY_SOURCE_MISSING', { what, remedy, at })];
}

/** Whether the file contains the path literally. A path with a variable may change once the base is known. */
function isWritten(path: string, text: string): boolean {
  const quoted = path.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&');
  return new RegExp(`(^|[\\s"',=[])(\\.?/)*${quoted}/?(?=[\\s"',\\]]|$)`, 'm').test(text);
}
