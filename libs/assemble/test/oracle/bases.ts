import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type Images, openImages } from '@prism-build/assemble';
import { ok } from '@prism-build/errors';
import {
  type BaseImage,
  blobPath,
  canonicalJson,
  type Descriptor,
  describeBytes,
  digestOf,
  type Entry,
  type ImageLayer,
  ingestBlob,
  type Json,
  LAYER_TYPES,
  openContentStore,
  parseConfig,
} from '@prism-build/oci';
import { tarOf } from './archives';

/** An image that a case starts from or copies from, as an engine would have it from somewhere else. */
export interface OracleBase {
  /** Tars in the order of the entries, whiteouts as files; lowest first. */
  readonly layers: readonly (readonly Entry[] | Buffer)[];
  /** The `config` object of its configuration. */
  readonly config?: Readonly<Record<string, Json>>;
}

export interface MadeBase {
  readonly image: BaseImage;
  readonly tars: readonly Buffer[];
  /** An OCI layout, for Podman to pull. */
  readonly layout: string;
}

const manifestType = 'application/vnd.oci.image.manifest.v1+json';

/** Writes an image as an OCI layout, its layers plain and gzip by turns. */
export function makeBase({ layers, config }: OracleBase, platform: string, layout: string): MadeBase {
  mkdirSync(join(layout, 'blobs/sha256'), { recursive: true });
  const put = (mediaType: string, bytes: Uint8Array): Descriptor => {
    const descriptor = describeBytes(mediaType, bytes);
    writeFileSync(blobPath(layout, descriptor.digest), bytes);
    return descriptor;
  };
  const json = (mediaType: string, value: Json) => put(mediaType, Buffer.from(canonicalJson(value)));
  const tars = layers.map((layer) => (Buffer.isBuffer(layer) ? layer : tarOf(layer)));
  const described = tars.map((tar, at): ImageLayer => {
    const blob = at % 2 === 0 ? put(LAYER_TYPES.none, tar) : put(LAYER_TYPES.gzip, gzipSync(tar));
    return { ...blob, diffID: digestOf(tar), uncompressedSize: tar.length, origin: { base: 'x' } };
  });
  const [os, architecture] = platform.split('/') as [string, string];
  const file = {
    architecture,
    os,
    created: '2020-02-02T02:02:02Z',
    config: config ?? {},
    rootfs: { type: 'layers', diff_ids: described.map(({ diffID }) => diffID) },
  };
  const bytes = Buffer.from(canonicalJson(file));
  const manifest = json(manifestType, {
    schemaVersion: 2,
    mediaType: manifestType,
    config: { ...put('application/vnd.oci.image.config.v1+json', bytes) },
    layers: described.map(({ mediaType, digest, size }) => ({ mediaType, digest, size })),
  });
  writeFileSync(join(layout, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
  writeFileSync(
    join(layout, 'index.json'),
    canonicalJson({ schemaVersion: 2, manifests: [{ ...manifest }] }),
  );
  const parsed = parseConfig(bytes, 'the base');
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.failures));
  const { settings, history } = parsed.value;
  return {
    image: [{ platform: { os, architecture }, manifest, settings, layers: described, history }],
    tars,
    layout,
  };
}

/** Trees of the images in layouts, which stand in for the store. */
export async function openBases(home: string, bases: Iterable<MadeBase>): Promise<Images> {
  const opened = await openContentStore(join(home, 'store'));
  if (!opened.ok) throw new Error(JSON.stringify(opened.failures));
  const all = [...bases];
  return openImages({
    store: opened.value,
    lists: join(home, 'lists'),
    scratch: join(home, 'scratch'),
    fetch: async (layer) => {
      for (const { layout } of all) {
        const taken = await ingestBlob(opened.value, blobPath(layout, layer.digest), layer);
        if (taken.ok) return ok(undefined);
      }
      throw new Error(`no base has ${layer.digest}`);
    },
  });
}
