import { DEFAULT_PATH, formatPlatform, type Platform } from '@prism-build/containerfile';
import { failed, imageFailure, ok, type Place, type Result } from '@prism-build/errors';
import type { BaseImage, BasePlatform, ImageSettings } from '@prism-build/oci';
import type { PlannedImage } from './source';

/** The images that a Containerfile names, by reference with variables expanded. */
export type Bases = ReadonlyMap<string, BaseImage>;

/** An image for a platform, or the failure that names the line. */
export function findBase(
  bases: Bases,
  reference: string,
  platform: Platform,
  at: Place,
): Result<BasePlatform> {
  const image = bases.get(reference);
  if (image === undefined)
    return failed(imageFailure('BASE_UNKNOWN', { what: `the image ${reference} is unknown`, at }));
  const name = formatPlatform(platform);
  const found = image.find((one) => formatPlatform(one.platform) === name);
  if (found) return ok(found);
  const there = image.map((one) => formatPlatform(one.platform)).join(', ');
  const what = `${reference} is not available for ${name}, only for ${there}`;
  return failed(imageFailure('BASE_PLATFORM_MISSING', { what, at }));
}

/** The settings that a stage inherits. As in Podman, PATH is added if the base has none. */
export function inheritSettings(settings: ImageSettings): ImageSettings {
  const env = settings.env ?? [];
  const hasPath = env.some((variable) => variable.startsWith('PATH='));
  return { ...settings, env: hasPath ? env : [...env, `PATH=${DEFAULT_PATH}`] };
}

/** ENV of a known image by name, for expanding variables; empty for an unknown image. */
export function environmentIn(bases: Bases, reference: string, platform: Platform): Record<string, string> {
  const name = formatPlatform(platform);
  const found = bases.get(reference)?.find((one) => formatPlatform(one.platform) === name);
  const pairs = (found?.settings.env ?? []).map((variable) => {
    const at = variable.indexOf('=');
    return [variable.slice(0, at), variable.slice(at + 1)];
  });
  return Object.fromEntries(pairs);
}

export function planBase(
  reference: string,
  { platform, manifest, settings, layers, history }: BasePlatform,
): PlannedImage {
  const { workingDir, user } = settings;
  return { reference, platform, manifest: manifest.digest, workingDir, user, layers, history };
}
