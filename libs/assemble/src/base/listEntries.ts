import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { ok, type Result } from '@prism-build/errors';
import { type ContentStore, type EntryHeader, hexOf, type ImageLayer, visitLayer } from '@prism-build/oci';
import { readTextIfThere, writeFileAtomic } from '@prism-build/shell';

/** An entry of a layer, without its content. */
interface ListedEntry {
  readonly header: EntryHeader;
  readonly size: number;
}

/**
 * The entries of a layer of the store, in its order. The list is cached below `directory` by diffID, so a base is
 * decompressed once. An altered list is made again. `fetch` brings a layer that the store lacks.
 */
export async function listEntries(
  store: ContentStore,
  layer: ImageLayer,
  directory: string,
  fetch: (layer: ImageLayer) => Promise<Result<void>>,
): Promise<Result<readonly ListedEntry[]>> {
  const file = join(directory, `${hexOf(layer.diffID)}.json`);
  const kept = decode(readTextIfThere(file));
  if (kept) return ok(kept);
  const there = await fetch(layer);
  if (!there.ok) return there;
  const entries: ListedEntry[] = [];
  const visited = await visitLayer(store, layer, ({ header, size }) => void entries.push({ header, size }));
  if (!visited.ok) return visited;
  writeFileAtomic(file, encode(entries));
  return ok(entries);
}

/** Increment it when the reader changes: older lists are then made again. */
const VERSION = 2;

/** The first line is the digest of the second. */
function encode(entries: readonly ListedEntry[]): string {
  const text = JSON.stringify(entries, (_key, value) =>
    value instanceof Uint8Array ? { base64: Buffer.from(value).toString('base64') } : value,
  );
  return `${digest(text)}\n${text}`;
}

function decode(file: string | undefined): ListedEntry[] | undefined {
  if (file === undefined || file[64] !== '\n') return undefined;
  const text = file.slice(65);
  if (digest(text) !== file.slice(0, 64)) return undefined;
  const reviver = (_key: string, value: unknown) =>
    typeof value === 'object' && value !== null && 'base64' in value && typeof value.base64 === 'string'
      ? new Uint8Array(Buffer.from(value.base64, 'base64'))
      : value;
  return JSON.parse(text, reviver) as ListedEntry[];
}

function digest(text: string): string {
  return createHash('sha256').update(`${VERSION}\n`).update(text).digest('hex');
}
