import { compilePatterns, readMode } from '@prism-build/containerfile';
import { failed, imageFailure, ok, type Place, type Result } from '@prism-build/errors';
import type { CopyStep, DirectoryStep, StagePlan } from '@prism-build/plan';
import { type Images, noImages } from './base/images';
import { copyInto, placeItems } from './copy';
import type { Copy } from './copyRequest';
import { findItems, type Item } from './items';
import { type Node, rootDirectory, type Tree } from './node';
import { type Owner, ownerFiles, resolveOwner } from './owners';
import { runStep } from './runStep';
import { type AssembledStage, type Sources, sourceTree } from './sources';
import { fileAbove, makeDirectories, resolvePath, withParents } from './tree';

/**
 * Runs the steps of a stage on trees: no clock, no process but what `commands` starts, and nothing is written but
 * what `images` provides and `commands` packs.
 * The layers are the stage's own, without those of an image that it starts from.
 */
export async function assembleStage(
  plan: StagePlan,
  file: string,
  sources: Sources,
): Promise<Result<AssembledStage>> {
  const base = plan.base === undefined ? undefined : sources.stage(plan.base);
  const image = plan.image && (await sources.images.tree(plan.image));
  if (image && !image.ok) return image;
  let tree: Tree = image?.value ?? new Map(base?.tree);
  const below = plan.image ?? base?.image;
  let layers = [...(base?.layers ?? [])];
  const missing = new Set<string>();
  const first = plan.steps[0]?.op;
  // Podman makes what a base names as its WORKDIR and does not have with the first instruction: behind what that copies,
  // before what it runs, and not where it is a WORKDIR itself.
  const named = sources.images === noImages || first === 'directory' ? undefined : plan.image?.workingDir;
  const makeNamed = (changed: Set<string>) =>
    makeWorkdir(tree, { path: named!, owner: plan.image?.user }, { file }, sources, changed);
  if (named && first !== undefined && first !== 'copy') {
    const made = await makeNamed(missing);
    if (!made.ok) return made;
  }
  for (const [at, step] of plan.steps.entries()) {
    const changed = at === 0 ? missing : new Set<string>();
    if (step.op === 'run') {
      // A directory that was missing is no doing of the command.
      if (changed.size > 0) layers.push({ text: 'WORKDIR of the base', entries: entriesOf(tree, changed) });
      const done = await runStep({ tree, layers, image: below }, step, file, sources);
      if (!done.ok) return done;
      tree = done.value.tree;
      layers = [...done.value.layers];
      continue;
    }
    if (step.op === 'directory') {
      const done = await makeWorkdir(tree, step, { file, line: step.line }, sources, changed);
      if (!done.ok) return done;
    }
    if (step.op === 'copy') {
      // A WORKDIR is a directory, also where it is still missing.
      const isNamed = at === 0 && step.destination === named;
      const copy = isNamed ? { ...step, destination: `${step.destination}/` } : step;
      const done = await copyStep(tree, copy, { file, line: step.line }, sources, changed);
      const made = done.ok && at === 0 && named ? await makeNamed(changed) : done;
      if (!made.ok) return made;
    }
    layers.push({ text: step.text, entries: entriesOf(tree, changed) });
  }
  return ok({ tree, layers, image: below });
}

async function copyStep(
  tree: Tree,
  step: CopyStep,
  at: Place,
  sources: Sources,
  changed: Set<string>,
): Promise<Result<void>> {
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
    // A file that is written inline is what the instruction is there for, as in both engines.
    excluded: step.exclude.length > 0 && step.from.kind !== 'inline' ? rules.value : undefined,
    link: step.link,
    at,
  };
  return step.unpack
    ? addWithArchives(tree, source.value, copy, sources.images, changed)
    : copyInto(tree, source.value, copy, changed);
}

/** Files from the context belong to root; those from stages, images and packages keep their owner unless --chown says otherwise. */
async function ownerOf(
  tree: Tree,
  step: CopyStep,
  at: Place,
  sources: Sources,
): Promise<Result<Owner | undefined>> {
  if (step.owner !== undefined) return findOwner(tree, step.owner, at, sources);
  const keeps = ['stage', 'image', 'rootfs'].includes(step.from.kind);
  return ok(keeps ? undefined : { uid: 0, gid: 0 });
}

async function findOwner(tree: Tree, name: string, at: Place, { images }: Sources): Promise<Result<Owner>> {
  const provided = await images.provide(ownerFiles(tree, name));
  return provided.ok ? resolveOwner(tree, name, at) : provided;
}

/** ADD unpacks the archives among its sources into the destination: owners and modes are the archive's own. */
async function addWithArchives(
  tree: Tree,
  source: Tree,
  copy: Copy,
  images: Images,
  changed: Set<string>,
): Promise<Result<void>> {
  const found = findItems(source, copy);
  if (!found.ok) return found;
  const items: Item[] = [];
  for (const item of found.value) {
    const { node, path } = item;
    const archive = node.type === 'file' ? await images.unpack(node.content, path, copy.at) : ok(undefined);
    if (!archive.ok) return archive;
    items.push({ ...item, archive: archive.value });
  }
  return placeItems(tree, source, copy, items, changed);
}

/** WORKDIR makes what is missing for the user in force; a user that the stage does not know counts as root. */
async function makeWorkdir(
  tree: Tree,
  step: Pick<DirectoryStep, 'path' | 'owner'>,
  at: Place,
  sources: Sources,
  changed: Set<string>,
): Promise<Result<void>> {
  const invalid = (what: string) => failed(imageFailure('WORKDIR_INVALID', { what, at }));
  const path = resolvePath(tree, step.path);
  if (path === undefined) return invalid(`${step.path} is a loop of symbolic links`);
  const blocked = fileAbove(tree, path);
  if (blocked !== undefined) return invalid(`${step.path} is below the file /${blocked}`);
  const owner = step.owner === undefined ? undefined : await findOwner(tree, step.owner, at, sources);
  makeDirectories(tree, path, { ...rootDirectory, ...(owner?.ok && owner.value) }, changed);
  return ok(undefined);
}

/**
 * What changed, as a layer. With the directories above: an engine makes those that a layer does not have, with a mode
 * of its own choice, and they would hide the mode that a layer below gave them.
 */
function entriesOf(tree: Tree, changed: ReadonlySet<string>): Tree {
  return withParents(
    tree,
    [...changed].map((path): [string, Node] => [path, tree.get(path)!]),
  );
}
