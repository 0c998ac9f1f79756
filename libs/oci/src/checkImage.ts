import { type Failure, ociFailure } from '@prism-build/errors';
import * as z from 'zod';
import { byCodeUnit, canonicalJson, type Json } from './canonicalJson';
import { platformName } from './descriptor';
import type { DigestJson, PlatformImage } from './digestJson';
import { buildIndex, buildManifest } from './manifest';

const names = z.array(z.string()).nullish();
const set = z.record(z.string(), z.unknown()).nullish();

/** The fields of an image configuration that are checked; engines add others. */
export const configView = z.looseObject({
  architecture: z.string(),
  os: z.string(),
  variant: z.string().optional(),
  config: z
    .looseObject({
      User: z.string().nullish(),
      ExposedPorts: set,
      Entrypoint: names,
      Cmd: names,
      WorkingDir: z.string().nullish(),
      Labels: z.record(z.string(), z.string()).nullish(),
      StopSignal: z.string().nullish(),
      Volumes: set,
    })
    .nullish(),
  rootfs: z.looseObject({ diff_ids: z.array(z.string()) }),
});

/**
 * Whether index and manifests match digest.json. They are functions of it, so the check makes them again and compares
 * digests.
 */
export function checkManifests(image: DigestJson): Failure[] {
  const found = image.platforms.filter(
    (one) => buildManifest(one.config, one.layers).descriptor.digest !== one.manifest.digest,
  );
  const failures = found.map((one) =>
    inconsistent(`The manifest of ${platformName(one.platform)} does not match digest.json.`),
  );
  const index = buildIndex(image.platforms);
  if (index.descriptor.digest !== image.index.digest)
    failures.push(inconsistent('The image index does not match digest.json.'));
  for (const one of image.platforms) failures.push(...checkTotals(one));
  return failures;
}

/** Whether a configuration matches the platform in digest.json. */
export function checkConfig(image: PlatformImage, bytes: Uint8Array): Failure[] {
  const name = platformName(image.platform);
  const parsed = configView.safeParse(parseJson(bytes));
  if (!parsed.success) {
    return [inconsistent(`The config of ${name} cannot be read.`, z.prettifyError(parsed.error))];
  }
  const found = viewOf(parsed.data);
  const wanted = wantedView(image);
  return Object.keys(wanted)
    .filter((key) => canonicalJson(found[key] ?? null) !== canonicalJson(wanted[key] ?? null))
    .map((key) => inconsistent(`The config of ${name} and digest.json differ in ${key}.`));
}

function viewOf(view: z.infer<typeof configView>): Record<string, Json> {
  const { config } = view;
  const keys = (value: Record<string, unknown> | null | undefined) =>
    Object.keys(value ?? {}).sort(byCodeUnit);
  return {
    platform: { os: view.os, architecture: view.architecture, variant: view.variant },
    diffIDs: view.rootfs.diff_ids,
    user: config?.User ?? '',
    exposedPorts: keys(config?.ExposedPorts),
    entrypoint: config?.Entrypoint ?? [],
    cmd: config?.Cmd ?? [],
    workingDir: config?.WorkingDir ?? '',
    labels: config?.Labels ?? {},
    stopSignal: config?.StopSignal ?? '',
    volumes: keys(config?.Volumes),
  };
}

function wantedView(image: PlatformImage): Record<string, Json> {
  const { platform, layers, user, exposedPorts, entrypoint, cmd, workingDir, labels, stopSignal, volumes } =
    image;
  const diffIDs = layers.map(({ diffID }) => diffID);
  return {
    platform: { ...platform },
    diffIDs,
    user,
    exposedPorts,
    entrypoint,
    cmd,
    workingDir,
    labels,
    stopSignal,
    volumes,
  };
}

function checkTotals({ platform, layers, totals }: PlatformImage): Failure[] {
  const size = layers.reduce((sum, layer) => sum + layer.size, 0);
  const uncompressedSize = layers.reduce((sum, layer) => sum + layer.uncompressedSize, 0);
  if (size === totals.size && uncompressedSize === totals.uncompressedSize) return [];
  return [inconsistent(`The totals of ${platformName(platform)} are not the sums of its layers.`)];
}

function inconsistent(what: string, why?: string): Failure {
  return ociFailure('IMAGE_INCONSISTENT', { what, why });
}

export function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    return undefined;
  }
}
