import { type FileHandle, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ok, type Result } from '@prism-build/errors';
import type { ContentStore, Descriptor } from '@prism-build/oci';
import { isProgram, programHeaderSize } from '../explain/isProgram';
import { readTree } from '../readTree';

/** A Go program of an image, copied to a file. */
export interface GoProgram {
  /** Where the image has it: more than one for hard links. */
  readonly paths: readonly string[];
  readonly file: string;
}

/** The start of Go's build information (debug/buildinfo), which the linker aligns. */
const mark = Buffer.from('\xff Go buildinf:', 'latin1');
const alignment = 16;

/**
 * Copies the Go programs of the final file system into a directory, in one pass over the layers. Failures: BLOB_CORRUPT,
 * BLOB_MISSING, LAYER_UNREADABLE, DISK_FULL.
 */
export async function readGoPrograms(
  store: ContentStore,
  layers: readonly Descriptor[],
  directory: string,
): Promise<Result<readonly GoProgram[]>> {
  const files = new Map<string, string>();
  const tree = await readTree(store, layers, async (path, { header, size, content }) => {
    if (header.type !== 'file' || size < programHeaderSize) return;
    const file = join(directory, String(files.size));
    if (await copyGoProgram(content, file)) files.set(path, file);
  });
  if (!tree.ok) return tree;
  const paths = new Map<string, string[]>();
  for (const [path, node] of [...tree.value].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const name = node.type === 'file' && node.content.kind === 'file' ? node.content.path : '';
    if (files.has(name)) paths.set(name, [...(paths.get(name) ?? []), path]);
  }
  return ok([...paths].map(([name, list]) => ({ paths: list, file: files.get(name)! })));
}

/** Whether content is a Go program, which is then in the file. Only the start of other files is read. */
async function copyGoProgram(content: AsyncIterable<Uint8Array>, file: string): Promise<boolean> {
  const search = makeSearch();
  let start = Buffer.alloc(0);
  let out: FileHandle | undefined;
  try {
    for await (const part of content) {
      let bytes = part;
      if (!out) {
        start = Buffer.concat([start, part]);
        if (start.length < programHeaderSize) continue;
        if (!isProgram(start)) return false;
        out = await open(file, 'w');
        bytes = start;
      }
      search.add(bytes);
      await out.writeFile(bytes);
    }
  } finally {
    await out?.close();
  }
  if (out && !search.found()) await rm(file);
  return search.found();
}

/** Searches bytes that arrive in parts for the mark. */
function makeSearch(): { readonly add: (bytes: Uint8Array) => void; readonly found: () => boolean } {
  let [found, rest, offset] = [false, Buffer.alloc(0), 0];
  return {
    found: () => found,
    add: (bytes) => {
      const text = Buffer.concat([rest, bytes]);
      for (let at = text.indexOf(mark); at >= 0 && !found; at = text.indexOf(mark, at + 1))
        found = (offset + at) % alignment === 0;
      rest = text.subarray(Math.max(0, text.length - mark.length + 1));
      offset += text.length - rest.length;
    },
  };
}
