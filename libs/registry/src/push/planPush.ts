import { type Descriptor, type DigestJson, listAllBlobs, platformName } from '@prism-build/oci';
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

/** Plans the push of an image; `signs` says whether it is signed. */
export function planPush(
  image: string,
  { index, platforms, ...rest }: DigestJson,
  destination: Destination,
  tags: readonly Tag[],
  signs = false,
): PushPlan {
  const manifests = new Set([index.digest, ...platforms.map(({ manifest }) => manifest.digest)]);
  const blobs = listAllBlobs({ index, platforms, ...rest }).filter(({ digest }) => !manifests.has(digest));
  return {
    version: 1,
    image,
    destination,
    index,
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
