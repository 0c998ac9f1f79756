import { formatReference, imagesLockPath, parseReference } from '@prism-build/registry';
import type { ReadText } from '@prism-build/workspace';

/** An image of a registry, pinned by the lock beside a Containerfile. */
export interface RegistryImage {
  /** The name of its node: with the digest, and without dots, which are special in Nx. */
  readonly node: string;
  /** In full: `docker.io/library/debian:12`. */
  readonly name: string;
  readonly digest: string;
}

/** The locked images of these references. The build reports missing and invalid entries. */
export function readRegistryImages(
  read: ReadText,
  containerfile: string,
  references: readonly string[],
): RegistryImage[] {
  if (references.length === 0) return [];
  const images = readLock(read, imagesLockPath(containerfile));
  return references.flatMap((reference) => {
    const parsed = parseReference(reference);
    const name = parsed.ok ? formatReference(parsed.value) : undefined;
    const digest = name === undefined ? undefined : images[name]?.digest;
    if (name === undefined || typeof digest !== 'string') return [];
    return [toRegistryImage(name, digest)];
  });
}

/** @param name in full, with or without a digest */
export function toRegistryImage(name: string, digest: string): RegistryImage {
  const short = digest.replace('sha256:', '').slice(0, 12);
  return { node: `oci:${name.replace(/@.*$/, '').replaceAll('.', '-')}@${short}`, name, digest };
}

function readLock(read: ReadText, path: string): Record<string, { digest?: unknown } | undefined> {
  try {
    const lock = JSON.parse(read(path) ?? '{}') as {
      images?: Record<string, { digest?: unknown }>;
    };
    return lock.images ?? {};
  } catch {
    return {};
  }
}
