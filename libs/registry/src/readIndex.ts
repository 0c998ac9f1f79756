import { formatPlatform, type Platform, parsePlatform } from '@prism-build/containerfile';
import { failed, ok, type Result, registryFailure } from '@prism-build/errors';
import { compressionOf, type Descriptor, type Digest, digestOf, LAYER_TYPES } from '@prism-build/oci';
import * as z from 'zod';

const digest = z.templateLiteral(['sha256:', z.string().regex(/^[0-9a-f]{64}$/)]);
const descriptor = z.object({ mediaType: z.string(), digest, size: z.int().nonnegative() });
const index = z.looseObject({
  mediaType: z.string().default('application/vnd.oci.image.index.v1+json'),
  manifests: z.array(
    z.looseObject({
      ...descriptor.shape,
      platform: z
        .looseObject({ os: z.string(), architecture: z.string(), variant: z.string().optional() })
        .optional(),
    }),
  ),
});
const manifest = z.looseObject({
  mediaType: z.string().optional(),
  config: descriptor,
  layers: z.array(descriptor),
});

/** The content behind an image name: the manifests of its platforms, or a single manifest. */
export type Index =
  | { readonly kind: 'index'; readonly mediaType: string; readonly manifests: ReadonlyMap<string, Digest> }
  | { readonly kind: 'manifest' };

/** The manifest of one platform. */
export interface Manifest {
  readonly descriptor: Descriptor;
  readonly config: Descriptor;
  /** With media types of the image spec; Docker's are converted. */
  readonly layers: readonly Descriptor[];
}

/** Reads an OCI index or a Docker manifest list; `what` names it in failures. */
export function readIndex(bytes: Uint8Array, what: string): Result<Index> {
  const value = parse(bytes);
  if (manifest.safeParse(value).success) return ok({ kind: 'manifest' });
  const parsed = index.safeParse(value);
  if (!parsed.success) return unreadable(what, z.prettifyError(parsed.error));
  const manifests = new Map<string, Digest>();
  for (const one of parsed.data.manifests) {
    const platform = one.platform && normalise(one.platform);
    // As in the engines, the first of two manifests for one platform wins.
    if (platform && !manifests.has(platform)) manifests.set(platform, one.digest);
  }
  return ok({ kind: 'index', mediaType: parsed.data.mediaType, manifests });
}

/** Reads a manifest. Refuses layers with unsupported media types, and foreign layers that are stored elsewhere. */
export function readManifestFile(bytes: Uint8Array, what: string): Result<Manifest> {
  const parsed = manifest.safeParse(parse(bytes));
  if (!parsed.success) return unreadable(what, z.prettifyError(parsed.error));
  const { mediaType = 'application/vnd.oci.image.manifest.v1+json', config, layers } = parsed.data;
  const strange = layers.find((layer) => compressionOf(layer.mediaType) === undefined);
  if (strange) return unreadable(what, `a layer has the media type ${strange.mediaType}`);
  return ok({
    descriptor: { mediaType, digest: digestOf(bytes), size: bytes.length },
    config,
    layers: layers.map((layer) => ({ ...layer, mediaType: LAYER_TYPES[compressionOf(layer.mediaType)!] })),
  });
}

/** The normal form of a platform (arm64/v8 is arm64); undefined for attestations and unknown platforms. */
export function normalise(platform: Platform): string | undefined {
  const known = parsePlatform(formatPlatform(platform));
  return known && formatPlatform(known);
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    return undefined;
  }
}

function unreadable(what: string, why: string): Result<never> {
  return failed(
    registryFailure('IMAGE_UNREADABLE', { what: `${what} is not an image that can be read`, why }),
  );
}
