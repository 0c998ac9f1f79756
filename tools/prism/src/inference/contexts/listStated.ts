import { posix } from 'node:path';
import type { Files } from '@prism-build/workspace';
import { isProjectFile, type ProjectFiles } from '../declared/openOutputs';
import { isBakeFile, readBake } from './bake';
import { readTargets } from './commands';
import { isComposeFile, isOverride, readCompose } from './compose';
import { resolveBuild, type StatedContext } from './stated';

/** Whether a file may state the context of a Containerfile. */
export const mayState = (file: string): boolean =>
  isComposeFile(file) || isBakeFile(file) || isProjectFile(file);

/** Contexts that files of the workspace state, by Containerfile. Each file is parsed only if new or changed. */
export function listStated(
  found: readonly string[],
  projectFiles: ProjectFiles,
  files: Files,
): ReadonlyMap<string, readonly StatedContext[]> {
  const targets = [...projectFiles].flatMap(([file, project]) =>
    readTargets(project, posix.dirname(file), file),
  );
  const stated = new Map<string, StatedContext[]>();
  for (const one of [...found.flatMap((file) => readFile(file, files)), ...targets])
    stated.set(one.containerfile, [...(stated.get(one.containerfile) ?? []), one]);
  return stated;
}

function readFile(file: string, files: Files): readonly StatedContext[] {
  const compose = isComposeFile(file);
  if (!compose && !isBakeFile(file)) return [];
  try {
    const whole = !isOverride(file);
    const kind = `${compose ? 'compose' : 'bake'}${whole ? '' : '-override'}`;
    const read = compose ? readCompose : readBake;
    const builds = files.facts(file, kind, (text) => read(text, whole));
    return (builds ?? []).flatMap((build) => resolveBuild(build, posix.dirname(file), file));
  } catch {
    // A file that its own tool cannot parse is ignored.
    return [];
  }
}
