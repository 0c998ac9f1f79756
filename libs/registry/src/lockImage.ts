import { all, failed, imageFailure, ok, type Result, registryFailure } from '@prism-build/errors';
import { type Digest, digestOf, type ImageConfig, measureLayer } from '@prism-build/oci';
import type { LockedImage, LockedPlatform } from './imagesLock';
import { type Manifest, normalise, readIndex } from './readIndex';
import { readPlatform } from './readPlatform';
import { atDigest, formatReference, type Reference } from './reference';
import { pullLayers, type RegistryTools, readManifest } from './registry';

/**
 * Resolves a name to its current content for these platforms. Fetches and measures new layers, so that later builds can
 * compute digests without their bytes. `before` is the previous lock.
 */
export async function lockImage(
  tools: RegistryTools,
  image: Reference,
  platforms: readonly string[],
  before: LockedImage | undefined,
): Promise<Result<LockedImage>> {
  const name = formatReference(image);
  const bytes = await readManifest(tools, image);
  if (!bytes.ok) return bytes;
  const index = readIndex(bytes.value, name);
  if (!index.ok) return index;
  const digest = digestOf(bytes.value);
  const locked: [string, LockedPlatform][] = [];
  for (const platform of [...platforms].sort()) {
    const manifest = index.value.kind === 'index' ? index.value.manifests.get(platform) : digest;
    if (manifest === undefined) {
      const there = index.value.kind === 'index' ? [...index.value.manifests.keys()] : [];
      return failed(platformMissing(name, platform, there));
    }
    const known = before?.platforms[platform];
    const one =
      known?.manifest.digest === manifest
        ? ok(known)
        : await lockPlatform(tools, atDigest(image, manifest), platform, before);
    if (!one.ok) return one;
    locked.push([platform, one.value]);
  }
  return ok({ digest, platforms: Object.fromEntries(locked) });
}

async function lockPlatform(
  tools: RegistryTools,
  image: Reference & { readonly digest?: Digest },
  platform: string,
  before: LockedImage | undefined,
): Promise<Result<LockedPlatform>> {
  const name = formatReference(image);
  const read = await readPlatform(tools, image);
  if (!read.ok) return read;
  const { descriptor, config, parsed } = read.value;
  const { settings, history, onBuild } = parsed;
  if (onBuild.length > 0) {
    const what = `${name} has ONBUILD instructions, which Prism Build does not execute: ${onBuild[0]}`;
    return failed(imageFailure('BASE_NOT_SUPPORTED', { what }));
  }
  const found = normalise(parsed.platform);
  if (found !== platform) return failed(platformMissing(name, platform, found ? [found] : []));
  const layers = await measureLayers(tools, image, read.value, parsed, before);
  if (!layers.ok) return layers;
  return ok({ manifest: descriptor, config, layers: layers.value, settings, history: [...history] });
}

/** Layers that the previous lock has are not fetched: equal digests are equal layers. */
async function measureLayers(
  tools: RegistryTools,
  image: Reference,
  { descriptor, layers }: Manifest,
  { diffIDs }: ImageConfig,
  before: LockedImage | undefined,
): Promise<Result<LockedPlatform['layers']>> {
  const name = formatReference(image);
  const known = new Map(
    Object.values(before?.platforms ?? {}).flatMap((one) => one.layers.map((layer) => [layer.digest, layer])),
  );
  const unknown = layers.filter(({ digest }) => !known.has(digest));
  const fetched = await pullLayers(tools, image, descriptor, unknown);
  if (!fetched.ok) return fetched;
  const measured = all(
    await Promise.all(
      layers.map(async (layer) => {
        const measure = known.get(layer.digest) ?? (await measureLayer(tools.store, layer));
        if ('ok' in measure && !measure.ok) return measure;
        const { diffID, uncompressedSize } = 'ok' in measure ? measure.value : measure;
        return ok({ ...layer, diffID, uncompressedSize });
      }),
    ),
  );
  if (!measured.ok) return measured;
  const wrong = measured.value.find(({ diffID }, at) => diffID !== diffIDs[at]);
  if (!wrong) return measured;
  const why = `the layer ${wrong.digest} holds ${wrong.diffID}, not what its config says`;
  return failed(registryFailure('IMAGE_UNREADABLE', { what: `${name} is inconsistent`, why }));
}

function platformMissing(name: string, platform: string, there: readonly string[]) {
  const what = `${name} is not available for ${platform}, only for ${there.join(', ') || 'unknown platforms'}`;
  const remedy = 'Take the platform out of `platforms` of this image, or choose an image that has it.';
  return imageFailure('BASE_PLATFORM_MISSING', { what, remedy });
}
