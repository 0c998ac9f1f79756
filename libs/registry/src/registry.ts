import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { failed, ok, type Result, registryFailure, shellFailure } from '@prism-build/errors';
import {
  type ContentStore,
  type Descriptor,
  type Digest,
  digestOf,
  hexOf,
  ingestBlob,
  linkBlob,
  MANIFEST_TYPE,
  verifyBlob,
} from '@prism-build/oci';
import { type Command, type Run, withLock } from '@prism-build/shell';
import { describeFailure } from './failures';
import type { Connection } from './push/pushCalls';
import { atDigest, formatReference, type Reference } from './reference';
import { blobsBelow, skopeo } from './skopeo';

/** The tools that access to registries needs. */
export interface RegistryTools {
  readonly run: Run;
  readonly store: ContentStore;
  /** A private directory for downloads and locks. */
  readonly directory: string;
  /** How to reach the registry, where skopeo does not know by itself. */
  readonly connection?: Connection;
}

/** Milliseconds: for something small, and for all layers of an image. */
const short = 120_000;
const long = 3_600_000;

/** The bytes of a manifest or an index, verified if the name has a digest. */
export async function readManifest(
  { run, connection }: RegistryTools,
  image: Reference,
): Promise<Result<Uint8Array>> {
  const bytes = await call(run, image, {
    argv: skopeo.manifest(image, connection),
    timeout: short,
    exact: true,
  });
  return bytes.ok && image.digest ? verify(image, bytes.value, image.digest) : bytes;
}

/** The configuration of one platform's image, verified. */
export async function readConfig(
  { run, connection }: RegistryTools,
  image: Reference,
  config: Digest,
): Promise<Result<Uint8Array>> {
  const bytes = await call(run, image, {
    argv: skopeo.config(image, connection),
    timeout: short,
    exact: true,
  });
  return bytes.ok ? verify(image, bytes.value, config) : bytes;
}

/**
 * Makes sure that the store has these layers of one platform's image, each verified. Concurrent callers fetch a layer
 * once. If the store has all of them, the registry is not contacted.
 */
export async function pullLayers(
  tools: RegistryTools,
  image: Reference,
  manifest: Descriptor,
  layers: readonly Descriptor[],
): Promise<Result<void>> {
  const { store, directory } = tools;
  if ((await listMissing(store, layers)).length === 0) return ok(undefined);
  const repository = digestOf(Buffer.from(`${image.registry}/${image.repository}`));
  const own = join(directory, hexOf(repository).slice(0, 16));
  // One at a time for a repository: its images share layers.
  return withLock(`${own}.lock`, async () => {
    const missing = await listMissing(store, layers);
    if (missing.length === 0) return ok(undefined);
    try {
      rmSync(own, { recursive: true, force: true });
      return await download(
        tools,
        atDigest(image, manifest.digest),
        manifest.mediaType,
        own,
        layers,
        missing,
      );
    } finally {
      rmSync(own, { recursive: true, force: true });
    }
  });
}

async function download(
  { store, run, connection }: RegistryTools,
  image: Reference,
  mediaType: string,
  directory: string,
  layers: readonly Descriptor[],
  missing: readonly Descriptor[],
): Promise<Result<void>> {
  const blobs = blobsBelow(directory, mediaType);
  if (mediaType === MANIFEST_TYPE) {
    mkdirSync(blobs, { recursive: true });
    for (const layer of layers.filter((one) => !missing.includes(one))) {
      const linked = await linkBlob(store, layer, join(blobs, hexOf(layer.digest)));
      if (!linked.ok) return linked;
    }
  } else mkdirSync(directory, { recursive: true });
  const copied = await call(run, image, {
    argv: skopeo.copy(image, mediaType, directory, connection),
    timeout: long,
  });
  if (!copied.ok) return copied;
  for (const layer of missing) {
    const taken = await ingestBlob(store, join(blobs, hexOf(layer.digest)), layer);
    if (taken.ok) continue;
    const what = `${formatReference(image)} came without the layer ${layer.digest}`;
    return failed(registryFailure('IMAGE_ALTERED', { what, why: taken.failures[0]?.what }));
  }
  return ok(undefined);
}

async function listMissing(store: ContentStore, layers: readonly Descriptor[]): Promise<Descriptor[]> {
  const found = await Promise.all(layers.map((layer) => verifyBlob(store, layer)));
  return layers.filter((_, at) => !found[at]!.ok);
}

async function call(run: Run, image: Reference, command: Command): Promise<Result<Uint8Array>> {
  const done = await run(command);
  if (done.ok) return ok(Buffer.from(done.value.stdout));
  const [first] = done.failures;
  if (first?.code === 'COMMAND_NOT_FOUND') {
    const remedy = 'Install skopeo (Debian: apt-get install skopeo).';
    const what = 'images of registries are fetched by skopeo, which is not installed';
    return failed(shellFailure('COMMAND_NOT_FOUND', { what, remedy }));
  }
  return failed(...done.failures.map((failure) => describeFailure(image, failure)));
}

function verify(image: Reference, bytes: Uint8Array, digest: Digest): Result<Uint8Array> {
  const found = digestOf(bytes);
  if (found === digest) return ok(bytes);
  const what = `${image.registry} returned content for ${formatReference(image)} that does not match its digest`;
  return failed(registryFailure('IMAGE_ALTERED', { what, why: `${found} instead of ${digest}` }));
}
