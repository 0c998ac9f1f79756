import { failed, ok, type Result, registryFailure } from '@prism-build/errors';
import { type ImageConfig, parseConfig } from '@prism-build/oci';
import { type Manifest, readManifestFile } from './readIndex';
import { formatReference, type Reference } from './reference';
import { type RegistryTools, readConfig, readManifest } from './registry';

/** One platform of an image in a registry, without its layers. */
interface PlatformFiles extends Manifest {
  readonly manifestBytes: Uint8Array;
  readonly configBytes: Uint8Array;
  readonly parsed: ImageConfig;
}

/**
 * Reads the manifest and the configuration of one platform's image. The configuration is verified, and so is the manifest
 * if `image` has a digest. Fails with IMAGE_UNREADABLE if they disagree about the number of layers.
 */
export async function readPlatform(tools: RegistryTools, image: Reference): Promise<Result<PlatformFiles>> {
  const name = formatReference(image);
  const manifestBytes = await readManifest(tools, image);
  if (!manifestBytes.ok) return manifestBytes;
  const manifest = readManifestFile(manifestBytes.value, name);
  if (!manifest.ok) return manifest;
  const configBytes = await readConfig(tools, image, manifest.value.config.digest);
  if (!configBytes.ok) return configBytes;
  const parsed = parseConfig(configBytes.value, name);
  if (!parsed.ok) return parsed;
  const [layers, named] = [manifest.value.layers.length, parsed.value.diffIDs.length];
  if (layers !== named) {
    const why = `${layers} layers, and its config names ${named}`;
    return failed(registryFailure('IMAGE_UNREADABLE', { what: `${name} is inconsistent`, why }));
  }
  return ok({
    ...manifest.value,
    manifestBytes: manifestBytes.value,
    configBytes: configBytes.value,
    parsed: parsed.value,
  });
}
