import { dirname } from 'node:path';
import { createProjectGraphAsync, type Tree } from '@nx/devkit';
import { type Failure, failed, imageFailure, ok, type Result, renderFailures } from '@prism-build/errors';
import { sayIfLong } from '@prism-build/shell';
import { directoriesOf } from '@prism-build/workspace';
import { parseOptions } from '../nx/parseOptions';
import { imagesLocker } from './imagesLocker';
import type { Locker } from './locker';
import { lockOptions } from './options';
import { rootfsLocker } from './rootfsLocker';
import { wheelsLocker } from './wheels/wheelsLocker';

const lockers: readonly Locker[] = [imagesLocker, rootfsLocker, wheelsLocker];

/** The `lock` generator: `nx g prism:lock [--project=base-static] [--dry-run]`. */
export async function lock(tree: Tree, options: unknown): Promise<undefined | (() => void)> {
  const done = await lockProjects(tree, options);
  if (done.ok) return undefined;
  const text = renderFailures(done.failures);
  // If the generator threw, Nx would discard the successful locks. The returned function runs after Nx has written them.
  process.stderr.write(`${text}\n`);
  return () => {
    throw new Error('some images or packages were not locked, see above');
  };
}

/** The directory of the Containerfile; not the project's root if several share a directory. */
function placeOf(image: { readonly containerfile?: unknown } | undefined): string | undefined {
  return typeof image?.containerfile === 'string' ? dirname(image.containerfile) : undefined;
}

async function lockProjects(tree: Tree, value: unknown): Promise<Result<void>> {
  const options = parseOptions(lockOptions, value, 'prism:lock');
  if (!options.ok) return options;
  // The graph, not getProjects, which lacks inferred projects.
  const { nodes } = await createProjectGraphAsync({ exitOnError: false });
  const chosen = options.value.project?.split(',') ?? Object.keys(nodes).sort();
  const failures: Failure[] = [];
  let locks = 0;
  for (const project of chosen) {
    const found = nodes[project]?.data;
    if (!found) {
      const what = `there is no project ${project}`;
      failures.push(imageFailure('OPTIONS_INVALID', { what, remedy: '`npx nx show projects` lists them.' }));
      continue;
    }
    const image = found.targets?.['build-image']?.options;
    const directories = directoriesOf(tree.root, process.env);
    for (const locker of lockers) {
      const component = { directories, project, root: placeOf(image) ?? found.root, image };
      const locked = await sayIfLong(`${project}: finding what to lock`, () => locker(component));
      if (!locked.ok) failures.push(...locked.failures);
      if (!locked.ok || !locked.value) continue;
      const { path, text, changes } = locked.value;
      locks += 1;
      process.stdout.write(`${project}: ${changes.length === 0 ? 'nothing changed' : path}\n`);
      for (const change of changes) process.stdout.write(`  ${change}\n`);
      if (tree.read(path, 'utf-8') !== text) tree.write(path, text);
    }
  }
  if (locks === 0 && failures.length === 0) process.stdout.write('There is nothing to lock.\n');
  return failures.length > 0 ? failed(...failures) : ok(undefined);
}
