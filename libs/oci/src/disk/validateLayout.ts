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
import { attempt, unlessMissing } from './attempt';
import { blobPath } from './contentStore';
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
export interface ValidateOptions {
  readonly diffIDs?: boolean | undefined;
}

type Report = (what: string, why?: string) => void;

/**
 * Follows an OCI image layout from index.json down to the layers, hashing every blob, and reports all
 * violations. Gives the descriptors of index.json.
 */
export async function validateLayout(
  dir: string,
  options: ValidateOptions = {},
): Promise<Result<Descriptor[]>> {
  const failures: Failure[] = [];
  const report: Report = (what, why) => failures.push(ociFailure('LAYOUT_INVALID', { what, why }));
  const walk = await attempt(async () => {
    await readJson(join(dir, LAYOUT_FILE), layoutFile, report);
    const index = await readJson(join(dir, INDEX_FILE), indexFile, report);
    for (const child of index?.manifests ?? []) await checkNode({ dir, report, failures, options }, child);
    return index?.manifests ?? [];
  });
  if (!walk.ok) return failed(...failures, ...walk.failures);
  return failures.length > 0 ? failed(...failures) : ok(walk.value);
}

interface Walk {
  readonly dir: string;
  readonly report: Report;
  readonly failures: Failure[];
  readonly options: ValidateOptions;
}

async function checkNode(walk: Walk, node: Descriptor): Promise<void> {
  if (!(await checkBlob(walk, node))) return;
  const path = blobPath(walk.dir, node.digest);
  if (node.mediaType === INDEX_TYPE) {
    const index = await readJson(path, indexFile, walk.report);
    for (const child of index?.manifests ?? []) await checkNode(walk, child);
  } else if (node.mediaType === MANIFEST_TYPE) {
    const manifest = await readJson(path, manifestFile, walk.report);
    if (manifest) await checkManifest(walk, manifest);
  }
}

async function checkManifest(walk: Walk, manifest: z.infer<typeof manifestFile>): Promise<void> {
  const whole: boolean[] = [];
  for (const layer of manifest.layers) whole.push(await checkBlob(walk, layer));
  if (!(await checkBlob(walk, manifest.config))) return;
  const config = await readJson(blobPath(walk.dir, manifest.config.digest), configView, walk.report);
  if (!config) return;
  const wanted = config.rootfs.diff_ids;
  if (wanted.length !== manifest.layers.length) {
    walk.report(
      `${manifest.config.digest} names ${wanted.length} layers, its manifest ${manifest.layers.length}.`,
    );
  } else if (walk.options.diffIDs) {
    for (const [at, layer] of manifest.layers.entries()) {
      if (whole[at] && compressionOf(layer.mediaType)) await checkDiffID(walk, layer, wanted[at]!);
    }
  }
}

async function checkBlob({ dir, failures }: Walk, blob: Descriptor): Promise<boolean> {
  const failure = await checkBlobFile(blobPath(dir, blob.digest), blob, 'hashes');
  if (failure) failures.push(failure);
  return failure === undefined;
}

async function checkDiffID(walk: Walk, layer: Descriptor, wanted: string): Promise<void> {
  const hash = createHash('sha256');
  try {
    const source = createReadStream(blobPath(walk.dir, layer.digest));
    for await (const chunk of decompressLayer(layer.mediaType, source)) hash.update(chunk);
  } catch (error) {
    walk.report(`The layer ${layer.digest} cannot be decompressed.`, String(error));
    return;
  }
  const found = `sha256:${hash.digest('hex')}`;
  if (found !== wanted)
    walk.report(`The layer ${layer.digest} has the diffID ${found} instead of ${wanted}.`);
}

async function readJson<T>(path: string, schema: z.ZodType<T>, report: Report): Promise<T | undefined> {
  const bytes = await unlessMissing(readFile(path));
  if (!bytes) {
    report(`${path} is missing.`);
    return undefined;
  }
  const parsed = schema.safeParse(parseJson(bytes));
  if (parsed.success) return parsed.data;
  report(`${path} is not valid.`, z.prettifyError(parsed.error));
  return undefined;
}
