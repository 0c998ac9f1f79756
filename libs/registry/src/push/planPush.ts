import { type Descriptor, type Platform, platformName } from '@prism-build/oci';
import type { Destination } from './destination';
import type { Tag } from './tags';

/**
 * A step of a push. They run in the order of the plan, so a tag never names an image that is not complete, or not signed: `sign`
 * is between `upload` and `tag`, when everything is there by digest and no tag names it yet.
 */
type PushStep =
  | { readonly kind: 'readTags' }
  | { readonly kind: 'upload' }
  | { readonly kind: 'sign' }
  | { readonly kind: 'tag'; readonly tag: string }
  | { readonly kind: 'readBack' };

/** Everything that a push will do, as a value; `--dry-run` prints it. */
export interface PushPlan {
  readonly version: 1;
  readonly image: string;
  readonly destination: Destination;
  readonly index: Descriptor;
  readonly platforms: readonly {
    readonly platform: string;
    readonly manifest: Descriptor;
    readonly config: Descriptor;
  }[];
  /** Configs and layers of all platforms, each once. */
  readonly blobs: readonly Descriptor[];
  /** Bytes of all blobs: what a push to an empty registry sends besides manifests. */
  readonly bytes: number;
  readonly tags: readonly Tag[];
  readonly steps: readonly PushStep[];
}

/** An image that is built, or in a registry. */
interface WholeImage {
  readonly index: Descriptor;
  readonly platforms: readonly {
    readonly platform: Platform;
    readonly manifest: Descriptor;
    readonly config: Descriptor;
    readonly layers: readonly Descriptor[];
  }[];
}

/** Plans the push of an image; `signs` says whether it is signed. */
export function planPush(
  image: string,
  { index: { mediaType, digest, size }, platforms }: WholeImage,
  destination: Destination,
  tags: readonly Tag[],
  signs = false,
): PushPlan {
  const found = platforms.flatMap(({ config, layers }) => [config, ...layers]);
  const blobs = [...new Map(found.map((one) => [one.digest, one])).values()].map(
    ({ mediaType, digest, size }) => ({ mediaType, digest, size }),
  );
  return {
    version: 1,
    image,
    destination,
    index: { mediaType, digest, size },
    platforms: platforms.map(({ platform, manifest, config }) => ({
      platform: platformName(platform),
      manifest,
      config,
    })),
    blobs,
    bytes: blobs.reduce((sum, { size }) => sum + size, 0),
    tags,
    steps: [
      { kind: 'readTags' },
      { kind: 'upload' },
      ...(signs ? [{ kind: 'sign' } as const] : []),
      ...tags.map(({ name }) => ({ kind: 'tag', tag: name }) as const),
      { kind: 'readBack' },
    ],
  };
}
