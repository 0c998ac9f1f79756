import { posix } from 'node:path';
import type { Failure } from '@prism-build/errors';
import type { Files } from '@prism-build/workspace';
import { isProjectFile, type ProjectFiles } from '../declared/openOutputs';
import { isBakeFile, readBake } from './bake';
import { readTargets } from './commands';
import { isComposeFile, isOverride } from './compose';
import { readComposeFiles } from './readComposeFiles';
import { resolveBuild, type StatedContext } from './stated';

/** Whether a file may state the context of a Containerfile. */
export const mayState = (file: string): boolean =>
  isComposeFile(file) || isBakeFile(file) || isProjectFile(file);

export interface StatedContexts {
  readonly stated: ReadonlyMap<string, readonly StatedContext[]>;
  readonly failures: readonly Failure[];
}

/** Contexts that files of the workspace state, by Containerfile. Each file is parsed only if new or changed. */
export function listStated(
  found: readonly string[],
  projectFiles: ProjectFiles,
  files: Files,
): StatedContexts {
  const targets = [...projectFiles].flatMap(([file, project]) =>
    readTargets(project, posix.dirname(file), file),
  );
  const compose = readComposeFiles(found.filter(isComposeFile), files);
  const bake = found.filter(isBakeFile).flatMap((file) => readBakeFile(file, files));
  const stated = new Map<string, StatedContext[]>();
  for (const one of [...compose.contexts, ...bake, ...targets])
    stated.set(one.containerfile, [...(stated.get(one.containerfile) ?? []), one]);
  return { stated, failures: compose.failures };
}

function readBakeFile(file: string, files: Files): readonly StatedContext[] {
  try {
    const whole = !isOverride(file);
    const builds = files.facts(file, `bake${whole ? '' : '-override'}`, (text) => readBake(text, whole));
    return (builds ?? []).flatMap((build) => resolveBuild(build, posix.dirname(file), file));
  } catch {
    // A file that its own tool cannot parse is ignored.
    return [];
  }
}
