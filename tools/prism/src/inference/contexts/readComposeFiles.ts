import { posix } from 'node:path';
import { type Failure, imageFailure } from '@prism-build/errors';
import type { Files } from '@prism-build/workspace';
import { type ComposeFile, isOverride, listBuilds, listIncluded, parseCompose, resolveFile } from './compose';
import { resolveBuild, type StatedContext } from './stated';

export interface StatedInFiles {
  readonly contexts: readonly StatedContext[];
  /** Files that others name and that do not exist. */
  readonly failures: readonly Failure[];
}

/** The contexts that Compose files state, with the files that they include and extend. */
export function readComposeFiles(found: readonly string[], files: Files): StatedInFiles {
  const read = (file: string): ComposeFile | undefined => parseFile(file, files);
  const projects = found.flatMap((file) => {
    const directory = posix.dirname(file);
    const own = read(file);
    if (!own) return [];
    return [{ root: file, included: listIncluded(own, directory, read, [file]), own, directory }];
  });
  // A file that another one includes is a part of that project, with its base of relative paths.
  const parts = new Set(projects.flatMap(({ included }) => included.flatMap((one) => one.files)));
  const roots = projects.filter(({ root }) => !parts.has(root));
  const reached = new Set(
    roots.flatMap(({ root, included }) => [root, ...included.flatMap((one) => one.files)]),
  );
  // Files that only include each other are no project of Compose; each is read alone.
  const circular = projects.filter(({ root }) => !reached.has(root)).map((one) => ({ ...one, included: [] }));
  const whole = [...roots, ...circular];
  const contexts = whole.flatMap(({ root, own, directory, included }) => [
    ...listBuilds({ ...own, directory }, !isOverride(root), read).flatMap((build) =>
      resolveBuild(build, directory, root),
    ),
    ...included.flatMap((one) =>
      listBuilds(one, true, read).flatMap((build) => resolveBuild(build, one.directory, one.files[0]!)),
    ),
  ]);
  const failures = whole.flatMap(({ root, own, directory, included }) => [
    ...listMissing(root, own, directory, files),
    ...included.flatMap((one) =>
      one.files.flatMap((file) => listMissing(file, read(file), one.directory, files)),
    ),
  ]);
  return { contexts, failures: [...new Map(failures.map((one) => [one.what, one])).values()] };
}

function parseFile(file: string, files: Files): ComposeFile | undefined {
  try {
    if (files.kindOf(file) !== 'link') return files.facts(file, 'compose', parseCompose);
    const text = files.text(file);
    return text === undefined ? undefined : parseCompose(text);
  } catch {
    // A file that its own tool cannot parse is ignored.
    return undefined;
  }
}

function listMissing(file: string, own: ComposeFile | undefined, directory: string, files: Files): Failure[] {
  return (own?.names ?? []).flatMap(({ path, line }) => {
    const place = resolveFile(directory, path);
    if (place === undefined || files.kindOf(place) !== 'none') return [];
    const what = `${file} names the Compose file ${place}, which does not exist: the contexts that it states are unknown`;
    const remedy = `Correct the path, or set "context" in the options of build-image of the components that it builds.`;
    return [imageFailure('CONTEXT_UNDECIDED', { what, remedy, at: { file, line } })];
  });
}
