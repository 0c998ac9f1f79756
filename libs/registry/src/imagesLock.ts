import { failed, ok, type Result, registryFailure } from '@prism-build/errors';
import { type BaseImage, canonicalJson, type Json } from '@prism-build/oci';
import * as z from 'zod';

const digest = z.templateLiteral(['sha256:', z.string().regex(/^[0-9a-f]{64}$/)]);
const size = z.int().nonnegative();
const descriptor = z.strictObject({ mediaType: z.string().min(1), digest, size });
const words = z.array(z.string()).readonly().optional();

const settings = z.strictObject({
  user: z.string().optional(),
  exposedPorts: words,
  env: words,
  entrypoint: words,
  cmd: words,
  volumes: words,
  workingDir: z.string().optional(),
  labels: z.record(z.string(), z.string()).readonly().optional(),
  stopSignal: z.string().optional(),
  shell: words,
  author: z.string().optional(),
  healthcheck: z
    .strictObject({
      test: z.array(z.string()).readonly(),
      interval: z.int().optional(),
      timeout: z.int().optional(),
      startPeriod: z.int().optional(),
      startInterval: z.int().optional(),
      retries: z.int().optional(),
    })
    .optional(),
});

const lockedPlatform = z.strictObject({
  manifest: descriptor,
  config: descriptor,
  layers: z.array(
    z.strictObject({ mediaType: z.string().min(1), digest, diffID: digest, size, uncompressedSize: size }),
  ),
  settings,
  history: z.array(z.strictObject({ createdBy: z.string(), emptyLayer: z.boolean().optional() })),
});

const lockedImage = z.strictObject({
  digest: digest.describe('What the name stood for: an index, or the manifest of the only platform'),
  platforms: z.record(z.string(), lockedPlatform),
});

const imagesLock = z.strictObject({
  version: z.literal(1),
  images: z.record(z.string(), lockedImage).describe('By name in full'),
});

/** `images.lock.json`: everything about images of registries that determines the digest of an image made of them. */
export type ImagesLock = z.infer<typeof imagesLock>;
export type LockedImage = z.infer<typeof lockedImage>;
export type LockedPlatform = z.infer<typeof lockedPlatform>;

export function parseImagesLock(text: string, file: string): Result<ImagesLock> {
  const invalid = (why: string) =>
    failed(
      registryFailure('IMAGE_LOCK_INVALID', { what: `${file} is not a lock of images`, why, at: { file } }),
    );
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return invalid(String(error));
  }
  const parsed = imagesLock.safeParse(value);
  return parsed.success ? ok(parsed.data) : invalid(z.prettifyError(parsed.error));
}

/** The bytes of the file: keys sorted, two spaces, a final newline. */
export function encodeImagesLock(lock: ImagesLock): string {
  return `${canonicalJson(lock as Json, 2)}\n`;
}

/** A locked image as a base; its layers come from it. */
export function lockedBase({ platforms }: LockedImage): BaseImage {
  return Object.entries(platforms).map(([name, { manifest, settings, layers, history }]) => {
    const [os = '', architecture = '', variant] = name.split('/');
    const platform = { os, architecture, ...(variant !== undefined && { variant }) };
    const origin = { base: manifest.digest };
    return { platform, manifest, settings, layers: layers.map((one) => ({ ...one, origin })), history };
  });
}

/** The image and the platform for which a manifest was locked. */
export function findManifest(
  lock: ImagesLock,
  manifest: string,
): { readonly name: string; readonly platform: LockedPlatform } | undefined {
  for (const [name, { platforms }] of Object.entries(lock.images)) {
    const platform = Object.values(platforms).find((one) => one.manifest.digest === manifest);
    if (platform) return { name, platform };
  }
  return undefined;
}

/** The differences of a new lock, one line for each image; empty if nothing changed. */
export function describeLockChanges(before: ImagesLock | undefined, after: ImagesLock): string[] {
  const old = before?.images ?? {};
  const names = [...new Set([...Object.keys(old), ...Object.keys(after.images)])].sort();
  return names.flatMap((name) => {
    const [was, is] = [old[name], after.images[name]];
    if (!is) return [`- ${name}  ${was?.digest}`];
    const platforms = Object.keys(is.platforms).join(', ');
    if (!was) return [`+ ${name}  ${is.digest}  (${platforms})`];
    if (was.digest !== is.digest) return [`~ ${name}  ${was.digest} → ${is.digest}`];
    const same = canonicalJson(was as Json) === canonicalJson(is as Json);
    return same ? [] : [`~ ${name}  for ${platforms}`];
  });
}
