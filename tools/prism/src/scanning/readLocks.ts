import { join } from 'node:path';
import type { ExecutorContext } from '@nx/devkit';
import { type LockFile, lockFileNames } from '@prism-build/policy';
import { readTextIfThere } from '@prism-build/shell';

/**
 * The lock files that the packages of a project's image may come from: its own, those of the projects that it depends on,
 * such as its base, and those of the directories above, such as the workspace's Cargo.lock.
 */
export function readLocks(
  project: string,
  context: ExecutorContext,
  names = lockFileNames,
): readonly LockFile[] {
  const projects = context.projectsConfigurations?.projects ?? {};
  const rootOf = (name: string) => (projects[name]?.root ?? '').replace(/^\.$/, '');
  const own = rootOf(project);
  const roots = [
    ...listDependencies(project, context).map((name) => ({ name, root: rootOf(name) })),
    ...directoriesAbove(own).map((root) => ({ name: project, root })),
  ];
  const distinct = roots.filter(({ root }, at) => roots.findIndex((one) => one.root === root) === at);
  return distinct.flatMap(({ root, name }) =>
    names.flatMap((base) => {
      const file = join(root, base);
      const text = readTextIfThere(join(context.root, file));
      return text === undefined ? [] : [{ file, text, project: name }];
    }),
  );
}

/** The project and what it depends on, the nearest first. */
export function listDependencies(
  project: string,
  { projectGraph, projectsConfigurations }: ExecutorContext,
): string[] {
  const found = [project];
  for (const name of found)
    for (const { target } of projectGraph?.dependencies[name] ?? [])
      if (!found.includes(target) && projectsConfigurations?.projects[target]) found.push(target);
  return found;
}

function directoriesAbove(root: string): string[] {
  const parts = root.split('/').filter((part) => part !== '' && part !== '.');
  return parts.map((_, index) => parts.slice(0, parts.length - index - 1).join('/'));
}
