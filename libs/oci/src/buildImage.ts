import { failed, ociFailure, ok, type Result } from '@prism-build/errors';
import { byCodeUnit } from './canonicalJson';
import { type Blob, type Platform, platformName } from './descriptor';
import type { DigestJson, ImageLayer, PlatformImage } from './digestJson';
import { buildConfig, type HistoryStep, type ImageSettings } from './imageConfig';
import { buildIndex, buildManifest, byPlatform } from './manifest';

/** One platform of a new image: settings, and layers lowest first. */
export interface PlatformInput {
  readonly platform: Platform;
  readonly settings: ImageSettings;
  readonly layers: readonly ImageLayer[];
  readonly history?: readonly HistoryStep[] | undefined;
}

/** An image as values: digest.json, and its blobs except the layers. */
export interface BuiltImage {
  readonly digestJson: DigestJson;
  readonly blobs: readonly Blob[];
}

/** Config and manifest of each platform, the index, and digest.json. Pure; the order of platforms does not matter. */
export function buildImage(inputs: readonly PlatformInput[]): Result<BuiltImage> {
  const names = inputs.map(({ platform }) => platformName(platform));
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) {
    return failed(
      ociFailure('PLATFORM_DUPLICATE', { what: `The platform ${twice} is given more than once.` }),
    );
  }
  if (inputs.length === 0) {
    return failed(ociFailure('IMAGE_INPUT_INVALID', { what: 'An image needs at least one platform.' }));
  }
  const wrong = inputs.find(({ layers, history }) => history && countLayers(history) !== layers.length);
  if (wrong) {
    const what = `The history of ${platformName(wrong.platform)} does not match its layers.`;
    return failed(ociFailure('IMAGE_INPUT_INVALID', { what }));
  }
  const built = [...inputs].sort(byPlatform).map(buildPlatform);
  const index = buildIndex(
    built.map(({ image }) => ({ platform: image.platform, manifest: image.manifest })),
  );
  return ok({
    digestJson: { schemaVersion: 1, index: index.descriptor, platforms: built.map(({ image }) => image) },
    blobs: [...built.flatMap(({ blobs }) => blobs), index],
  });
}

function countLayers(history: readonly HistoryStep[]): number {
  return history.filter((step) => !step.emptyLayer).length;
}

function buildPlatform(input: PlatformInput): { image: PlatformImage; blobs: Blob[] } {
  const { settings, layers } = input;
  const config = buildConfig({ ...input, diffIDs: layers.map(({ diffID }) => diffID) });
  const manifest = buildManifest(config.descriptor, layers);
  const image: PlatformImage = {
    platform: input.platform,
    manifest: manifest.descriptor,
    config: config.descriptor,
    layers: [...layers],
    totals: {
      size: sum(layers.map(({ size }) => size)),
      uncompressedSize: sum(layers.map(({ uncompressedSize }) => uncompressedSize)),
    },
    user: settings.user ?? '',
    exposedPorts: [...(settings.exposedPorts ?? [])].sort(byCodeUnit),
    entrypoint: [...(settings.entrypoint ?? [])],
    cmd: [...(settings.cmd ?? [])],
    workingDir: settings.workingDir ?? '',
    labels: { ...settings.labels },
    stopSignal: settings.stopSignal ?? '',
    volumes: [...(settings.volumes ?? [])].sort(byCodeUnit),
  };
  return { image, blobs: [config, manifest] };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
