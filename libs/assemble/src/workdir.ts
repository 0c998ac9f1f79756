import { failed, imageFailure, ok, type Place, type Result } from '@prism-build/errors';
import type { DirectoryStep } from '@prism-build/plan';
import type { Images } from './base/images';
import { type ChangedTree, Draft } from './draft';
import { rootDirectory, type Tree } from './node';
import { findOwner } from './owners';
import { fileAbove, resolvePath } from './tree';

/** WORKDIR creates missing directories, owned by the current USER; by root if the stage has no such user. */
export async function makeWorkdir(
  tree: Tree,
  step: Pick<DirectoryStep, 'path' | 'owner'>,
  at: Place,
  images: Images,
): Promise<Result<ChangedTree>> {
  const invalid = (what: string) => failed(imageFailure('WORKDIR_INVALID', { what, at }));
  const path = resolvePath(tree, step.path);
  if (path === undefined) return invalid(`${step.path} is a loop of symbolic links`);
  const blocked = fileAbove(tree, path);
  if (blocked !== undefined) return invalid(`${step.path} is below the file /${blocked}`);
  const owner = step.owner === undefined ? undefined : await findOwner(tree, step.owner, at, images);
  const draft = new Draft(tree);
  draft.makeDirectories(path, { ...rootDirectory, ...(owner?.ok && owner.value) });
  return ok(draft);
}
