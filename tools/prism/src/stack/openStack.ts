import { readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import type { ExecutorContext } from '@nx/devkit';
import { engineRun, pickEngine } from '@prism-build/builder';
import { ok, type Result } from '@prism-build/errors';
import { attempt, type Run } from '@prism-build/shell';
import { ownerOf, readStack, type Stack } from '@prism-build/stack';
import { type Directories, directoriesOf, lockPath } from '@prism-build/workspace';

/** A project with a stack, and the Podman that runs it. */
export interface StackProject {
  readonly project: string;
  /** Who owns its pod. */
  readonly owner: string;
  /** stack.yaml, relative to the workspace. */
  readonly file: string;
  readonly directories: Directories;
  readonly call: Run;
  /** Held by whatever starts or stops the pod. */
  readonly lock: string;
}

/** Failure: ENGINE_MISSING, because Docker runs no pods. */
export function openProject(context: ExecutorContext): Result<StackProject> {
  const engine = pickEngine('podman');
  return engine.ok ? ok(describeProject(context)) : engine;
}

/** The project of a stack, for work that needs no Podman. */
export function describeProject({
  root,
  projectName,
  projectsConfigurations,
}: ExecutorContext): StackProject {
  const project = projectName!;
  const directories = directoriesOf(root, process.env);
  return {
    project,
    owner: ownerOf(project, root),
    file: posix.join(projectsConfigurations.projects[project]!.root, 'stack.yaml'),
    directories,
    call: engineRun(directories),
    lock: lockPath(directories, `stack-${project}`),
  };
}

/** A stack with its text. Failures: FILE_UNREADABLE, and those of `readStack`. */
export async function openStack({
  file,
  directories,
}: StackProject): Promise<Result<{ readonly text: string; readonly stack: Stack }>> {
  const text = await attempt(`cannot read ${file}`, () => readFileSync(join(directories.root, file), 'utf8'));
  if (!text.ok) return text;
  const stack = readStack(text.value, file);
  return stack.ok ? ok({ text: text.value, stack: stack.value }) : stack;
}
