import { failed, ociFailure, ok, type Result } from '@prism-build/errors';
import * as z from 'zod';
import { canonicalJson, type Json } from './canonicalJson';
import type { Descriptor } from './descriptor';

const digest = z.templateLiteral(['sha256:', z.string().regex(/^[0-9a-f]{64}$/)]);
const bytes = z.int().nonnegative();
const descriptor = z.strictObject({ mediaType: z.string().min(1), digest, size: bytes });

const platform = z.strictObject({
  os: z.string().min(1),
  architecture: z.string().min(1),
  variant: z.string().min(1).optional(),
});

const layer = z.strictObject({
  mediaType: z.string().min(1),
  digest,
  diffID: digest.describe('Digest of the uncompressed tar, as in the config'),
  size: bytes.describe('Bytes of the blob'),
  uncompressedSize: bytes.describe('Bytes of the tar'),
  origin: z
    .union([z.literal('own'), z.strictObject({ base: z.string().min(1) })])
    .describe('Own layers are files beside digest.json; those of a base are not'),
});

const platformImage = z.strictObject({
  platform,
  manifest: descriptor,
  config: descriptor,
  layers: z.array(layer).describe('Lowest first'),
  totals: z.strictObject({ size: bytes, uncompressedSize: bytes }).describe('Sums over all layers'),
  user: z.string(),
  exposedPorts: z.array(z.string()),
  entrypoint: z.array(z.string()),
  cmd: z.array(z.string()),
  workingDir: z.string(),
  labels: z.record(z.string(), z.string()),
  stopSignal: z.string(),
  volumes: z.array(z.string()),
});

/** The schema of digest.json. Increase `schemaVersion` if the meaning of a field changes. */
const digestJson = z
  .strictObject({
    schemaVersion: z.literal(1),
    index: descriptor.describe('The image index; its digest is the digest of the image'),
    platforms: z.array(platformImage).min(1).describe('By os/architecture/variant'),
  })
  .describe('What an image is, a function of its content alone: no time, path, tag, commit or tool');

export type DigestJson = z.infer<typeof digestJson>;
export type PlatformImage = z.infer<typeof platformImage>;
export type ImageLayer = z.infer<typeof layer>;

/** JSON schema (2020-12) of digest.json, committed as digest.schema.json. */
export const makeDigestJsonSchema = () => z.toJSONSchema(digestJson);

/** The bytes of the file: keys sorted, two spaces, a final newline. */
export function encodeDigestJson(value: DigestJson): Uint8Array {
  return Buffer.from(`${canonicalJson(value as Json, 2)}\n`);
}

/** Parses digest.json. `file` is for the message. Failures: DIGEST_JSON_INVALID, DIGEST_JSON_UNSUPPORTED. */
export function parseDigestJson(text: string, file: string): Result<DigestJson> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return invalid(file, String(error));
  }
  const { schemaVersion: version } = Object(value) as { readonly schemaVersion?: unknown };
  if (typeof version === 'number' && version !== 1) {
    const what = `${file} has schemaVersion ${version}; this version reads 1.`;
    return failed(ociFailure('DIGEST_JSON_UNSUPPORTED', { what, at: { file } }));
  }
  const parsed = digestJson.safeParse(value);
  return parsed.success ? ok(parsed.data) : invalid(file, z.prettifyError(parsed.error));
}

function invalid(file: string, why: string): Result<DigestJson> {
  return failed(
    ociFailure('DIGEST_JSON_INVALID', { what: `${file} is not a digest.json.`, why, at: { file } }),
  );
}

/** The blobs that are stored beside digest.json: index, manifests, configs, own layers; each once. */
export function listOwnBlobs(value: DigestJson): Descriptor[] {
  return listBlobs(value, (one) => one.origin === 'own');
}

/** All blobs of the image, including those of bases; each once. */
export function listAllBlobs(value: DigestJson): Descriptor[] {
  return listBlobs(value, () => true);
}

function listBlobs(value: DigestJson, wanted: (layer: ImageLayer) => boolean): Descriptor[] {
  const found = [
    value.index,
    ...value.platforms.flatMap((one) => [one.manifest, one.config, ...one.layers.filter(wanted)]),
  ];
  const each = new Map(found.map(({ mediaType, digest, size }) => [digest, { mediaType, digest, size }]));
  return [...each.values()];
}
