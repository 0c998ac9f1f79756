import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import { ociFailure, type Result } from '@prism-build/errors';
import { canonicalJson } from '../canonicalJson';
import { decompressLayer } from '../decompress';
import { hexOf } from '../digest';
import type { ImageLayer, PlatformImage } from '../digestJson';
import { paddingOf } from '../tarHeader';
import { archiveBytes, archiveEnd, archiveHeader } from './archiveParts';
import { blobPath } from './contentStore';
import { fail } from './failures';
import type { BlobSources } from './findBlobs';
import { guardLayer } from './openLayer';
import { sendArchive } from './sendArchive';

/**
 * Writes one platform's image in the format of `docker save`, for engines that read nothing else (Docker 20.10
 * `load`): layers uncompressed, the config byte for byte, so that the image ID is the config's digest. `tags`
 * are full names, `localhost/prism/proxy:latest`. Deterministic. `writable` is ended, or destroyed on failure.
 */
export function writeDockerArchive(
  image: PlatformImage,
  tags: readonly string[],
  sources: BlobSources,
  writable: Writable,
): Promise<Result<void>> {
  const blobs = [image.config, ...image.layers];
  return sendArchive(archive(image, tags, sources.store.directory), blobs, sources, writable);
}

async function* archive(
  image: PlatformImage,
  tags: readonly string[],
  directory: string,
): AsyncGenerator<Uint8Array> {
  const each = new Map(image.layers.map((layer) => [layer.diffID, layer]));
  const config = await readFile(blobPath(directory, image.config.digest));
  const configName = `${hexOf(image.config.digest)}.json`;
  const manifest = [{ Config: configName, Layers: image.layers.map(layerName), RepoTags: tags }];
  yield* archiveBytes('manifest.json', Buffer.from(canonicalJson(manifest)));
  yield* archiveBytes(configName, config);
  for (const layer of each.values()) yield* layerFile(layer, directory);
  yield archiveEnd();
}

function layerName({ diffID }: ImageLayer): string {
  return `${hexOf(diffID)}.tar`;
}

async function* layerFile(layer: ImageLayer, directory: string): AsyncGenerator<Uint8Array> {
  yield* archiveHeader(layerName(layer), layer.uncompressedSize);
  const hash = createHash('sha256');
  const source = createReadStream(blobPath(directory, layer.digest), { highWaterMark: 1 << 20 });
  let size = 0;
  for await (const chunk of guardLayer(layer.digest, decompressLayer(layer.mediaType, source))) {
    hash.update(chunk);
    size += chunk.length;
    yield chunk;
  }
  const found = `sha256:${hash.digest('hex')}`;
  if (found !== layer.diffID || size !== layer.uncompressedSize) {
    const why = `It holds ${size} bytes of ${found} instead of ${layer.uncompressedSize} of ${layer.diffID}.`;
    fail(
      ociFailure('LAYER_UNREADABLE', {
        what: `The layer ${layer.digest} does not match its digest.`,
        why,
      }),
    );
  }
  yield new Uint8Array(paddingOf(size));
}
