import type { Tree } from '@prism-build/assemble';
import { ok, type Result } from '@prism-build/errors';
import type { ContentStore, LayerItem } from '@prism-build/oci';
import { isProgram, programHeaderSize, readList, readPackageLists, readTree } from '@prism-build/scan';
import type { Part, Untold } from '../report/schema';
import { ownerOf } from './ownerOf';
import { type ProgramContents, readProgram } from './program/readProgram';

/** A file of an image as a container sees it; hard links count once. */
interface ContentFile {
  readonly path: string;
  readonly size: number;
}

/** What fills an image. */
export interface Contents {
  /** The sum of their sizes is that of the tars of all layers, unless files are sparse. */
  readonly parts: readonly Part[];
  readonly untold: readonly Untold[];
  /** By path. */
  readonly files: readonly ContentFile[];
}

interface ContentLayer {
  readonly mediaType: string;
  readonly digest: `sha256:${string}`;
  readonly size: number;
  readonly uncompressedSize: number;
}

/** A larger program is not taken apart, so that memory is bounded. */
const maxProgram = 1 << 29;

/** Reads the layers of a platform, each once. Failures: BLOB_CORRUPT, BLOB_MISSING, LAYER_UNREADABLE. */
export async function readContents(
  store: ContentStore,
  layers: readonly ContentLayer[],
): Promise<Result<Contents>> {
  const programs = new Map<string, ProgramContents>();
  const lists = new Map<string, string>();
  const tree = await readTree(store, layers, async (path, item) => {
    const list = await readList(item);
    if (list !== undefined) lists.set(path, list);
    else {
      const program = await readIfProgram(item);
      if (program) programs.set(path, program);
    }
  });
  return tree.ok ? ok(makeContents(tree.value, layers, programs, lists)) : tree;
}

function makeContents(
  tree: Tree,
  layers: readonly ContentLayer[],
  programs: ReadonlyMap<string, ProgramContents>,
  lists: ReadonlyMap<string, string>,
): Contents {
  const owners = readPackageLists({ tree, lists });
  const parts = new Map<string, { -readonly [Key in keyof Part]: Part[Key] }>();
  const add = (part: Part) => {
    if (part.size === 0) return;
    const key = JSON.stringify([part.layer, part.kind, part.name, part.program, part.version]);
    const there = parts.get(key);
    if (there) there.size += part.size;
    else parts.set(key, { ...part });
  };
  const untold: Untold[] = [];
  const files: ContentFile[] = [];
  const rest = layers.map(({ uncompressedSize }) => uncompressedSize);
  const seen = new Set<unknown>();
  for (const [path, node] of [...tree].sort(([a], [b]) => (a < b ? -1 : 1))) {
    // Hard links are the same object.
    if (node.type !== 'file' || node.content.kind !== 'file' || seen.has(node)) continue;
    seen.add(node);
    const { path: source, size } = node.content;
    const layer = Number(source.slice(0, source.indexOf('/')));
    files.push({ path, size });
    rest[layer]! -= size;
    const program = programs.get(source);
    const owner = ownerOf(path, program !== undefined, owners);
    let left = size;
    for (const one of program?.packages ?? []) {
      const { version, ...known } = one;
      add({ ...known, ...(version !== undefined && { version }), program: path, layer });
      left -= one.size;
    }
    add({ ...owner, layer, size: left });
    if (program?.why !== undefined)
      untold.push({ path, size: left, why: program.why, names: [...program.names] });
  }
  // A sparse file is larger than its part of the tar.
  for (const [layer, size] of rest.entries())
    add({
      kind: 'overhead',
      name: 'tar, and files that a higher layer hides',
      layer,
      size: Math.max(size, 0),
    });
  const sorted = [...parts.values()].sort((a, b) => b.size - a.size || (a.name < b.name ? -1 : 1));
  return { parts: sorted, untold, files };
}

async function readIfProgram({ header, size, content }: LayerItem): Promise<ProgramContents | undefined> {
  if (header.type !== 'file' || size < programHeaderSize) return undefined;
  const parts: Buffer[] = [];
  let known = false;
  for await (const part of content) {
    parts.push(Buffer.from(part));
    if (known) continue;
    const head = Buffer.concat(parts);
    if (head.length < programHeaderSize) continue;
    if (!isProgram(head)) return undefined;
    if (size > maxProgram) return { packages: [], why: 'it is too large to be taken apart', names: [] };
    known = true;
  }
  return readProgram(Buffer.concat(parts));
}
