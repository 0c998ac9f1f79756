import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Platform } from '@prism-build/containerfile';
import { podmanBuilder } from '@prism-build/engine';
import { ok, type Result } from '@prism-build/errors';
import {
  blobPath,
  buildImage,
  type ContentStore,
  canonicalJson,
  hexOf,
  type ImageLayer,
  type ImageSettings,
  type PlatformImage,
  putBlobs,
} from '@prism-build/oci';
import { attempt } from '@prism-build/shell';
import { callEngine, endedEarly, noteImage, type OpenStore } from './builderStore';

/** Makes an image of a command's files and settings in the content store. Its ID depends on nothing else. */
export async function makeRunImage(
  store: ContentStore,
  platform: Platform,
  layers: readonly ImageLayer[],
  settings: ImageSettings,
): Promise<Result<PlatformImage>> {
  const built = buildImage([{ platform, settings, layers }]);
  if (!built.ok) return built;
  const stored = await putBlobs(store, built.value.blobs);
  return stored.ok ? ok(built.value.digestJson.platforms[0]!) : stored;
}

/** Loads an image into an engine's store unless it is there. Reads only the layers that the store lacks. */
export async function loadRunImage(
  open: OpenStore,
  store: ContentStore,
  image: PlatformImage,
  fetch: (layers: readonly ImageLayer[]) => Promise<Result<void>>,
): Promise<Result<void>> {
  const id = hexOf(image.config.digest);
  if (!open.images.includes(id)) {
    const fetched = await fetch(image.layers);
    if (!fetched.ok) return fetched;
    // Podman derives a name from the path, and refuses a name of 64 hexadecimal digits.
    const name = `calls/${id.slice(0, 40)}`;
    const linked = await attempt('cannot lay out an image for the engine', () =>
      writeLayout(join(open.directory, name), store, image),
    );
    if (!linked.ok) return linked;
    const pulled = await callEngine(open.call, { argv: podmanBuilder.pull(open.store, name) });
    rmSync(join(open.directory, name), { recursive: true, force: true });
    if (!pulled.ok) return pulled;
    if (pulled.value.trim() !== id) return endedEarly('pull');
  }
  noteImage(open, id);
  return ok(undefined);
}

/** Writes an OCI layout of links into the content store. The engine verifies digests when it reads. */
function writeLayout(
  directory: string,
  store: ContentStore,
  { manifest, config, layers }: PlatformImage,
): void {
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(join(directory, 'blobs', 'sha256'), { recursive: true });
  writeFileSync(join(directory, 'oci-layout'), canonicalJson({ imageLayoutVersion: '1.0.0' }));
  writeFileSync(
    join(directory, 'index.json'),
    canonicalJson({ schemaVersion: 2, manifests: [{ ...manifest }] }),
  );
  const digests = new Set([manifest, config, ...layers].map(({ digest }) => digest));
  for (const digest of digests) symlinkSync(blobPath(store.directory, digest), blobPath(directory, digest));
}
