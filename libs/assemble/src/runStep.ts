import { failed, imageFailure, ok, type Place, type Result } from '@prism-build/errors';
import type { ImageLayer } from '@prism-build/oci';
import type { RunMount, RunStep } from '@prism-build/plan';
import { mounted } from './commands';
import { refusePipe } from './copy';
import { contentsOf, contextPipe, type Node, type Tree } from './node';
import { type AssembledStage, type Sources, type StageLayer, sourceTree } from './sources';
import { entriesBelow, joinPath, nodeAt, resolvePath } from './tree';

/** Lets an engine execute a command on the current state of a stage. */
export async function runStep(
  stage: AssembledStage,
  step: RunStep,
  file: string,
  sources: Sources,
): Promise<Result<AssembledStage>> {
  const { images, commands } = sources;
  const at = { file, line: step.line };
  const mounts: (Tree | undefined)[] = [];
  for (const mount of step.mounts) {
    const tree = await mountedTree(mount, at, sources);
    if (!tree.ok) return tree;
    mounts.push(tree.value);
  }
  const packed = await packLayers(stage.layers, sources);
  if (!packed.ok) return packed;
  const own = (layers: readonly StageLayer[]): ImageLayer[] =>
    layers.flatMap(({ packed: layer }) => (layer ? [{ ...layer, origin: 'own' as const }] : []));
  const layers = [...(stage.image?.layers ?? []), ...own(packed.value)];
  const ran = await commands.run({ step, file, layers, tree: stage.tree, mounts });
  if (!ran.ok) return ran;
  const made: StageLayer = { text: step.text, entries: new Map(), packed: ran.value };
  const tree = await images.tree({ reference: file, layers: [...layers, ...own([made])] });
  return tree.ok ? ok({ ...stage, tree: tree.value, layers: [...packed.value, made] }) : tree;
}

async function packLayers(
  layers: readonly StageLayer[],
  { images, commands }: Sources,
): Promise<Result<StageLayer[]>> {
  const done: StageLayer[] = [];
  for (const layer of layers) {
    if (layer.packed || layer.entries.size === 0) {
      done.push(layer);
      continue;
    }
    const provided = await images.provide(contentsOf(layer.entries));
    if (!provided.ok) return provided;
    const packed = await commands.pack(layer.entries);
    if (!packed.ok) return packed;
    done.push({ ...layer, packed: packed.value });
  }
  return ok(done);
}

/** The files of a bind mount, under the name `mounted`. */
async function mountedTree(mount: RunMount, at: Place, sources: Sources): Promise<Result<Tree | undefined>> {
  if (mount.type !== 'bind') return ok(undefined);
  const source = await sourceTree(mount.from, at, sources);
  if (!source.ok) return source;
  const path = resolvePath(source.value, mount.source);
  const node = path === undefined ? undefined : nodeAt(source.value, path);
  if (path === undefined || !node) {
    return failed(imageFailure('COPY_SOURCE_MISSING', { what: `there is no ${mount.source} to mount`, at }));
  }
  const tree = new Map<string, Node>([[mounted, node]]);
  const start = path === '' ? 0 : path.length + 1;
  if (node.type === 'directory')
    for (const [inner, one] of entriesBelow(source.value, path))
      tree.set(joinPath(mounted, inner.slice(start)), one);
  const pipe = [...tree].find(([, one]) => one === contextPipe);
  if (pipe) return refusePipe(`${mount.source}${pipe[0].slice(mounted.length)}`, at);
  const provided = await sources.images.provide(contentsOf(tree));
  return provided.ok ? ok(tree) : provided;
}
