import { createHash } from 'node:crypto';
import { createReadStream, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decompressLayer, type EntryHeader, readLayer } from '@prism-build/oci';
import { flattenLayers } from '../../libs/assemble/test/oracle/flatten';

/** One platform of an image from a layout, read by code that is independent of the code that builds it. */
export interface ImageFiles {
  readonly config: {
    readonly config: { readonly Cmd?: string[]; readonly Env?: string[]; readonly User?: string };
    readonly history: readonly { readonly created_by: string; readonly empty_layer?: boolean }[];
  };
  /** Lowest first. */
  readonly layers: readonly (readonly EntryHeader[])[];
  /** Metadata as stat returns it, by `/path field`; contents as `hashOf`. */
  readonly fields: ReadonlyMap<string, string>;
}

interface Manifest {
  readonly manifests?: readonly {
    readonly digest: string;
    readonly platform?: { readonly architecture: string };
  }[];
  readonly config: { readonly digest: string };
  readonly layers: readonly { readonly digest: string; readonly mediaType: string }[];
}

export async function readImageFiles(layout: string, architecture = 'amd64'): Promise<ImageFiles> {
  const path = (digest: string) => join(layout, 'blobs', digest.replace(':', '/'));
  const json = (file: string) => JSON.parse(readFileSync(file, 'utf8'));
  let manifest = json(join(layout, 'index.json')) as Manifest;
  while (manifest.manifests) {
    const all = manifest.manifests;
    const one = all.find(({ platform }) => platform?.architecture === architecture) ?? all[0]!;
    manifest = json(path(one.digest));
  }
  const tar = ({ digest, mediaType }: Manifest['layers'][number]) =>
    decompressLayer(mediaType, createReadStream(path(digest)));
  const layers: EntryHeader[][] = [];
  for (const layer of manifest.layers) {
    const entries: EntryHeader[] = [];
    for await (const { header } of readLayer(tar(layer))) entries.push(header);
    layers.push(entries);
  }
  return {
    config: json(path(manifest.config.digest)),
    layers,
    fields: await flattenLayers(manifest.layers.map(tar)),
  };
}

/** The representation of a file's content in the fields. */
export function hashOf(content: string): string {
  return createHash('sha256').update(content).digest('hex').slice(0, 12);
}
