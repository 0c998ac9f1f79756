import { compilePatterns, readMode } from '@prism-build/containerfile';
import { ok, type Place, type Result } from '@prism-build/errors';
import type { CopyStep } from '@prism-build/plan';
import type { Images } from './base/images';
import { copyInto, placeItems } from './copy';
import type { Copy } from './copyRequest';
import type { ChangedTree } from './draft';
import { findItems, type Item } from './items';
import type { Tree } from './node';
import { findOwner, type Owner } from './owners';
import { type Sources, sourceTree } from './sources';

/** Runs COPY or ADD on the tree of a stage. */
export async function copyStep(
  tree: Tree,
  step: CopyStep,
  at: Place,
  sources: Sources,
): Promise<Result<ChangedTree>> {
  const source = await sourceTree(step.from, at, sources);
  if (!source.ok) return source;
  const owner = await ownerOf(tree, step, at, sources);
  if (!owner.ok) return owner;
  const rules = compilePatterns(step.exclude, at);
  if (!rules.ok) return rules;
  const copy: Copy = {
    sources: step.sources,
    destination: step.destination,
    owner: owner.value,
    mode: step.mode === undefined ? undefined : readMode(step.mode),
    parents: step.parents,
    // Both engines copy inline files even if --exclude matches their names.
    excluded: step.exclude.length > 0 && step.from.kind !== 'inline' ? rules.value : undefined,
    link: step.link,
    at,
  };
  return step.unpack
    ? addWithArchives(tree, source.value, copy, sources.images)
    : copyInto(tree, source.value, copy);
}

/** Files from the context belong to root; those from stages, images and packages keep their owner unless --chown says otherwise. */
async function ownerOf(
  tree: Tree,
  step: CopyStep,
  at: Place,
  sources: Sources,
): Promise<Result<Owner | undefined>> {
  if (step.owner !== undefined) return findOwner(tree, step.owner, at, sources.images);
  const keeps = ['stage', 'image', 'rootfs'].includes(step.from.kind);
  return ok(keeps ? undefined : { uid: 0, gid: 0 });
}

/** ADD unpacks the archives among its sources into the destination: owners and modes are the archive's own. */
async function addWithArchives(
  tree: Tree,
  source: Tree,
  copy: Copy,
  images: Images,
): Promise<Result<ChangedTree>> {
  const found = findItems(source, copy);
  if (!found.ok) return found;
  const items: Item[] = [];
  for (const item of found.value) {
    const { node, path } = item;
    const archive = node.type === 'file' ? await images.unpack(node.content, path, copy.at) : ok(undefined);
    if (!archive.ok) return archive;
    items.push({ ...item, archive: archive.value });
  }
  return placeItems(tree, source, copy, items);
}
