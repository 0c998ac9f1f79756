import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Result } from '@prism-build/errors';
import {
  type Blob,
  blobPath,
  buildImage,
  type DigestJson,
  describeBytes,
  encodeIndexFile,
  encodeLayoutFile,
  INDEX_FILE,
  LAYER_TYPES,
  LAYOUT_FILE,
} from '@prism-build/oci';

export function good<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  throw new Error(JSON.stringify(result.failures, undefined, 2));
}

export interface SampleImage {
  readonly image: DigestJson;
  /** A complete OCI layout of the image. */
  readonly layout: string;
}

/**
 * A tiny image of two platforms, unlike every other, with a layer that both share and, unless it is `lean`, own ones. What is
 * in a layer does not matter to a push.
 */
export function makeSample(directory: string, { lean = false } = {}): SampleImage {
  const text = randomBytes(8).toString('hex');
  const layerOf = (content: string): Blob => {
    const bytes = Buffer.from(content);
    return { bytes, descriptor: describeBytes(LAYER_TYPES.none, bytes) };
  };
  const shared = layerOf(`${text} shared`);
  const own = ['amd64', 'arm64'].map((architecture) => ({
    architecture,
    layer: layerOf(`${text} ${architecture}`),
  }));
  const built = good(
    buildImage(
      own.map(({ architecture, layer }) => ({
        platform: { os: 'linux', architecture },
        settings: { user: '65532' },
        layers: (lean ? [shared] : [shared, layer]).map(({ descriptor }) => ({
          ...descriptor,
          diffID: descriptor.digest,
          uncompressedSize: descriptor.size,
          origin: 'own' as const,
        })),
      })),
    ),
  );
  const layout = join(directory, text);
  mkdirSync(join(layout, 'blobs', 'sha256'), { recursive: true });
  for (const { descriptor, bytes } of [...built.blobs, shared, ...own.map(({ layer }) => layer)])
    writeFileSync(blobPath(layout, descriptor.digest), bytes);
  writeFileSync(join(layout, LAYOUT_FILE), encodeLayoutFile());
  writeFileSync(join(layout, INDEX_FILE), encodeIndexFile(built.digestJson.index));
  return { image: built.digestJson, layout };
}
