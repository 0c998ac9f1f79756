import { createHash } from 'node:crypto';
import type { Result } from '@prism-build/errors';
import type { Entry, Layer } from '@prism-build/oci';

type Pack = (entries: readonly Entry[]) => Promise<Result<Layer>>;

/**
 * Packs equal layers once: platforms of an image usually copy the same files from the context. Layers are equal if their
 * entries name the same files on the disk; contents are not compared.
 */
export function shareLayers(pack: Pack): Pack {
  const made = new Map<string, Promise<Result<Layer>>>();
  return (entries) => {
    const key = describe(entries);
    const layer = made.get(key) ?? pack(entries);
    made.set(key, layer);
    return layer;
  };
}

function describe(entries: readonly Entry[]): string {
  const hash = createHash('sha256');
  for (const { xattrs, ...entry } of entries) {
    const content = entry.type === 'file' && entry.content.kind === 'bytes' ? entry.content.bytes : undefined;
    hash.update(JSON.stringify(content ? { ...entry, content: content.length } : entry));
    if (content) hash.update(content);
    for (const [name, value] of Object.entries(xattrs ?? {}))
      hash.update(JSON.stringify([name, value.length])).update(value);
  }
  return hash.digest('hex');
}
