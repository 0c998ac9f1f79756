import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Failure, failed, ociFailure, ok, type Result } from '@prism-build/errors';
import * as z from 'zod';
import { configView, parseJson } from '../checkImage';
import { decompressLayer } from '../decompress';
import type { Descriptor } from '../descriptor';
import { DIGEST_PATTERN, type Digest } from '../digest';
import { compressionOf, INDEX_TYPE, MANIFEST_TYPE } from '../mediaTypes';
import { blobPath } from './contentStore';
import { catchFailures, unlessMissing } from './failures';
import { checkBlobFile } from './hashFile';
import { INDEX_FILE, LAYOUT_FILE } from './layout';

const descriptor = z.looseObject({
  mediaType: z.string(),
  digest: z
    .string()
    .regex(DIGEST_PATTERN)
    .transform((text) => text as Digest),
  size: z.int().nonnegative(),
});
const layoutFile = z.looseObject({ imageLayoutVersion: z.literal('1.0.0') });
const indexFile = z.looseObject({ schemaVersion: z.literal(2), manifests: z.array(descriptor) });
const manifestFile = z.looseObject({
  schemaVersion: z.literal(2),
  config: descriptor,
  layers: z.array(descriptor),
});

/** `diffIDs` also decompresses every layer and compares with the config; that costs about 10 ms a MB. */
interface ValidateOptions {
  readonly diffIDs?: boolean | undefined;
}

/** Yields the violations one by one, so that an error of the file system does not lose earlier ones. */
type Violations<T = void> = AsyncGenerator<Failure, T>;

/**
 * Follows an OCI image layout from index.json down to the layers, hashing every blob, and reports all
 * violations. Returns the descriptors of index.json.
 */
export async function validateLayout(
  dir: string,
  options: ValidateOptions = {},
): Promise<Result<Descriptor[]>> {
  const failures: Failure[] = [];
  const walk = await catchFailures(async () => {
    const checks = checkLayout(dir, options);
    let next = await checks.next();
    for (; !next.done; next = await checks.next()) failures.push(next.value);
    return next.value;
  });
  if (!walk.ok) return failed(...failures, ...walk.failures);
  return failures.length > 0 ? failed(...failures) : ok(walk.value);
}

async function* checkLayout(dir: string, options: ValidateOptions): Violations<Descriptor[]> {
  yield* readJson(join(dir, LAYOUT_FILE), layoutFile);
  const index = yield* readJson(join(dir, INDEX_FILE), indexFile);
  for (const child of index?.manifests ?? []) yield* checkNode(dir, child, options);
  return index?.manifests ?? [];
}

async function* checkNode(dir: string, node: Descriptor, options: ValidateOptions): Violations {
  if (!(yield* checkBlob(dir, node))) return;
  const path = blobPath(dir, node.digest);
  if (node.mediaType === INDEX_TYPE) {
    const index = yield* readJson(path, indexFile);
    for (const child of index?.manifests ?? []) yield* checkNode(dir, child, options);
  } else if (node.mediaType === MANIFEST_TYPE) {
    const manifest = yield* readJson(path, manifestFile);
    if (manifest) yield* checkManifest(dir, manifest, options);
  }
}

async function* checkManifest(
  dir: string,
  { config: written, layers }: z.infer<typeof manifestFile>,
  options: ValidateOptions,
): Violations {
  const whole: boolean[] = [];
  for (const layer of layers) whole.push(yield* checkBlob(dir, layer));
  if (!(yield* checkBlob(dir, written))) return;
  const config = yield* readJson(blobPath(dir, written.digest), configView);
  if (!config) return;
  const wanted = config.rootfs.diff_ids;
  if (wanted.length !== layers.length) {
    yield violation(`${written.digest} names ${wanted.length} layers, its manifest ${layers.length}.`);
  } else if (options.diffIDs) {
    for (const [at, layer] of layers.entries()) {
      if (whole[at] && compressionOf(layer.mediaType)) yield* checkDiffID(dir, layer, wanted[at]!);
    }
  }
}

/** Checks that a blob exists and matches its digest. */
async function* checkBlob(dir: string, blob: Descriptor): Violations<boolean> {
  const failure = await checkBlobFile(blobPath(dir, blob.digest), blob, 'hashes');
  if (failure) yield failure;
  return failure === undefined;
}

async function* checkDiffID(dir: string, layer: Descriptor, wanted: string): Violations {
  const hash = createHash('sha256');
  try {
    const source = createReadStream(blobPath(dir, layer.digest));
    for await (const chunk of decompressLayer(layer.mediaType, source)) hash.update(chunk);
  } catch (error) {
    yield violation(`The layer ${layer.digest} cannot be decompressed.`, String(error));
    return;
  }
  const found = `sha256:${hash.digest('hex')}`;
  if (found !== wanted)
    yield violation(`The layer ${layer.digest} has the diffID ${found} instead of ${wanted}.`);
}

/** What a file holds; undefined where it does not hold that. */
async function* readJson<T>(path: string, schema: z.ZodType<T>): Violations<T | undefined> {
  const bytes = await unlessMissing(readFile(path));
  if (!bytes) {
    yield violation(`${path} is missing.`);
    return undefined;
  }
  const parsed = schema.safeParse(parseJson(bytes));
  if (parsed.success) return parsed.data;
  yield violation(`${path} is not valid.`, z.prettifyError(parsed.error));
  return undefined;
}

function violation(what: string, why?: string): Failure {
  return ociFailure('LAYOUT_INVALID', { what, why });
}
