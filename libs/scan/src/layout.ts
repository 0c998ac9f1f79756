import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Result } from '@prism-build/errors';
import {
  type BlobSources,
  blobPath,
  buildImage,
  type Descriptor,
  type Digest,
  digestOf,
  encodeIndexFile,
  encodeLayoutFile,
  gatherBlobs,
  INDEX_FILE,
  LAYER_TYPES,
  LAYOUT_FILE,
  linkBlob,
  type Platform,
  writeLayerTar,
} from '@prism-build/oci';
import { attempt, writeFileAtomic } from '@prism-build/shell';
import { withScratch } from './scratch';

/** The directory of an image's blobs, and the directory for temporary layouts. */
export interface LayoutSources extends BlobSources {
  readonly scratch: string;
}

/** A blob that no store has, because only a layout for a scanner contains it. */
interface MadeBlob {
  readonly descriptor: Descriptor;
  readonly bytes: Uint8Array;
}

/** The blobs of one platform that a scan reads. */
export interface ScannedPlatform {
  readonly platform: Platform;
  readonly manifest: Descriptor;
  readonly config: Descriptor;
  /** Lowest first. */
  readonly layers: readonly ScannedLayer[];
}

interface ScannedLayer extends Descriptor {
  /** Digest of the uncompressed tar. */
  readonly diffID: Digest;
  /** As in digest.json; undefined for images of registries. */
  readonly origin?: 'own' | { readonly base: string } | undefined;
}

/** An image here or in a registry. */
export interface ScannedImage {
  readonly index: { readonly digest: string };
  readonly platforms: readonly ScannedPlatform[];
}

type Work<T> = (layout: string) => Promise<Result<T>>;

/**
 * Makes a layout of one platform for a scanner, of hard links to verified blobs, and removes it afterwards. Scanners
 * read only the first platform of a layout, and do not verify blobs. Failures: BLOB_CORRUPT, BLOB_MISSING.
 */
export function withLayout<T>(
  sources: LayoutSources,
  { manifest, config, layers }: ScannedPlatform,
  work: Work<T>,
): Promise<Result<T>> {
  return writeLayout(sources, manifest, [manifest, config, ...layers], [], work);
}

/** A layer for a scanner: of an image, or made of one file. */
export type LayerToScan =
  | { readonly kind: 'layer'; readonly layer: ScannedLayer }
  | { readonly kind: 'file'; readonly path: string; readonly bytes: Uint8Array };

/** Makes a layout of an image with just these layers, lowest first. Failures: BLOB_CORRUPT, BLOB_MISSING. */
export async function withLayers<T>(
  sources: LayoutSources,
  layers: readonly LayerToScan[],
  work: Work<T>,
): Promise<Result<T>> {
  const made = layers.map((one) =>
    one.kind === 'layer' ? { layer: one.layer, bytes: undefined } : packFile(one),
  );
  const image = buildImage([
    {
      platform: { os: 'linux', architecture: 'amd64' },
      settings: {},
      // The manifest says neither of the two.
      layers: made.map(({ layer }) => ({ ...layer, uncompressedSize: 0, origin: 'own' })),
    },
  ]);
  if (!image.ok) return image;
  const manifest = image.value.digestJson.platforms[0]!.manifest;
  const linked = layers.flatMap((one) => (one.kind === 'layer' ? [one.layer] : []));
  const packed = made.flatMap(({ layer, bytes }) => (bytes ? [{ descriptor: layer, bytes }] : []));
  return writeLayout(sources, manifest, linked, [...packed, ...image.value.blobs], work);
}

function packFile({ path, bytes }: { readonly path: string; readonly bytes: Uint8Array }) {
  const entry = {
    type: 'file',
    path,
    mode: 0o644,
    uid: 0,
    gid: 0,
    content: { kind: 'bytes', bytes },
  } as const;
  // The generator reuses its buffer.
  const tar = Buffer.concat([...writeLayerTar([entry])].map((chunk) => Buffer.from(chunk)));
  const digest = digestOf(tar);
  const layer: ScannedLayer = {
    ...{ mediaType: LAYER_TYPES.none, digest, diffID: digest, size: tar.length },
  };
  return { layer, bytes: tar };
}

async function writeLayout<T>(
  sources: LayoutSources,
  manifest: Descriptor,
  linked: readonly Descriptor[],
  made: readonly MadeBlob[],
  work: Work<T>,
): Promise<Result<T>> {
  const { store, scratch } = sources;
  const blobs = [...new Map(linked.map((one) => [one.digest, one])).values()];
  const gathered = await gatherBlobs(sources, blobs);
  if (!gathered.ok) return gathered;
  return withScratch(scratch, 'layout', async (layout) => {
    const written = await attempt(`cannot write ${layout}`, () => {
      mkdirSync(join(layout, 'blobs', 'sha256'), { recursive: true });
      writeFileAtomic(join(layout, LAYOUT_FILE), encodeLayoutFile());
      writeFileAtomic(join(layout, INDEX_FILE), encodeIndexFile(manifest));
      for (const { descriptor, bytes } of made) writeFileAtomic(blobPath(layout, descriptor.digest), bytes);
    });
    if (!written.ok) return written;
    for (const blob of blobs) {
      const done = await linkBlob(store, blob, blobPath(layout, blob.digest), 'sizes');
      if (!done.ok) return done;
    }
    return work(layout);
  });
}
