import { createWriteStream, existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { failed, ociFailure, ok, type Place, type Result } from '@prism-build/errors';
import { type Content, type ContentStore, hexOf, type ImageLayer, visitLayer } from '@prism-build/oci';
import type { PlannedImage } from '@prism-build/plan';
import { readArchive } from '../archive/readArchive';
import { spillTo } from '../archive/spill';
import type { Tree } from '../node';
import { keepBytes } from '../tarTree';
import { applyLayer } from './applyLayer';
import { listEntries } from './listEntries';

/** The images that stages start from or copy from, as file trees. */
export interface Images {
  /** Its files as a tree. Their contents do not exist on disk before `provide`. */
  readonly tree: (image: Pick<PlannedImage, 'reference' | 'layers'>) => Promise<Result<Tree>>;
  /** Extracts contents of files of such trees to the paths that they name; ignores other contents. */
  readonly provide: (contents: Iterable<Content>) => Promise<Result<void>>;
  /**
   * The entries of an archive that ADD unpacks (see `readArchive`). Contents live as long as those of images. Platforms
   * share them.
   */
  readonly unpack: (content: Content, name: string, at: Place) => ReturnType<typeof readArchive>;
}

interface ImageSources {
  readonly store: ContentStore;
  /** Where lists of layers' entries are kept. */
  readonly lists: string;
  /** A directory of this run for extracted contents. */
  readonly scratch: string;
  /** Makes sure that the store has a layer. */
  readonly fetch: (layer: ImageLayer) => Promise<Result<void>>;
}

/** For a plan that names no image. */
export const noImages: Images = {
  tree: async () => ok(new Map()),
  provide: async () => ok(undefined),
  unpack: (content, name, at) => readArchive(content, { name, at, keep: keepBytes }),
};

export function openImages(sources: ImageSources): Images {
  const trees = new Map<string, Promise<Result<Tree>>>();
  const layers = new Map<string, ImageLayer>();
  const archives = new Map<string, ReturnType<typeof readArchive>>();
  const keep = spillTo(join(sources.scratch, 'archives', 'contents'));
  let last: Promise<Result<void>> = Promise.resolve(ok(undefined));
  return {
    tree: (image) => {
      const key = image.layers.map(({ diffID }) => diffID).join();
      const known = trees.get(key) ?? readTree(sources, layers, image);
      trees.set(key, known);
      return known;
    },
    provide: (contents) => {
      // One after the other: platforms share layers, and each call skips contents that exist already.
      last = last.then(() => provideAll(sources, layers, contents));
      return last;
    },
    unpack: (content, name, at) => {
      const key = `${content.kind === 'file' ? content.path : name} ${at.file} ${at.line}`;
      const known = archives.get(key) ?? readArchive(content, { name, at, keep });
      archives.set(key, known);
      return known;
    },
  };
}

async function readTree(
  { store, lists, scratch, fetch }: ImageSources,
  layers: Map<string, ImageLayer>,
  image: Pick<PlannedImage, 'reference' | 'layers'>,
): Promise<Result<Tree>> {
  let tree: Tree = new Map();
  for (const layer of image.layers) {
    const listed = await listEntries(store, layer, lists, fetch);
    if (!listed.ok) return listed;
    const hex = hexOf(layer.diffID);
    layers.set(hex, layer);
    try {
      tree = applyLayer(
        tree,
        listed.value.map((entry, at) => ({ ...entry, path: join(scratch, hex, String(at)) })),
      );
    } catch (error) {
      const what = `The layer ${layer.digest} of ${image.reference} cannot be applied.`;
      return failed(ociFailure('LAYER_UNREADABLE', { what, why: String(error) }));
    }
  }
  return ok(new Map([...tree].sort(([a], [b]) => (a < b ? -1 : 1))));
}

async function provideAll(
  { store, scratch, fetch }: ImageSources,
  layers: ReadonlyMap<string, ImageLayer>,
  contents: Iterable<Content>,
): Promise<Result<void>> {
  for (const [hex, wanted] of groupByLayer(contents, scratch)) {
    const layer = layers.get(hex)!;
    const there = await fetch(layer);
    if (!there.ok) return there;
    await mkdir(join(scratch, hex), { recursive: true });
    let at = 0;
    const visited = await visitLayer(store, layer, async ({ content }) => {
      const path = join(scratch, hex, String(at++));
      if (wanted.has(path)) await pipeline(content, createWriteStream(path));
    });
    if (!visited.ok) return visited;
  }
  return ok(undefined);
}

/** Missing paths, by the directory of their layer. */
function groupByLayer(contents: Iterable<Content>, scratch: string): Map<string, Set<string>> {
  const groups = new Map<string, Set<string>>();
  for (const content of contents) {
    if (content.kind !== 'file') continue;
    const hex = relative(scratch, dirname(content.path));
    if (hex.startsWith('..') || hex.includes('/') || existsSync(content.path)) continue;
    groups.set(hex, (groups.get(hex) ?? new Set()).add(content.path));
  }
  return groups;
}
