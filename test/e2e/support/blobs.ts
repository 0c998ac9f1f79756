import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { readDigest } from './workspace';

export const sha256 = (bytes: Uint8Array) => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

/** Every blob under a directory, after checking that its content has its digest. */
export function hashBlobs(
  directory: string,
): { readonly name: string; readonly actual: string; readonly size: number }[] {
  const names = readdirSync(join(directory, 'sha256')).sort();
  return names.map((name) => {
    const file = join(directory, 'sha256', name);
    return { name: `sha256:${name}`, actual: sha256(readFileSync(file)), size: statSync(file).size };
  });
}

/**
 * Checks an image directory independently: each blob has its digest and size, the blobs are exactly those in
 * digest.json, and the manifests agree with digest.json.
 */
export function expectWholeImage(project: string, at: string): void {
  const directory = join(at, 'dist/images', project);
  const image = readDigest(project, at);
  const blobs = hashBlobs(join(directory, 'blobs'));
  for (const { name, actual } of blobs) expect(actual).toBe(name);
  const named = [
    image.index,
    ...image.platforms.flatMap(({ manifest, config, layers }) => [manifest, config, ...layers]),
  ];
  expect(blobs.map(({ name }) => name)).toEqual([...new Set(named.map(({ digest }) => digest))].sort());
  for (const { manifest, config, layers } of image.platforms) {
    const text = readFileSync(join(directory, 'blobs', manifest.digest.replace(':', '/')), 'utf8');
    const parsed = JSON.parse(text) as { config: { digest: string }; layers: { digest: string }[] };
    expect(parsed.config.digest).toBe(config.digest);
    expect(parsed.layers.map(({ digest }) => digest)).toEqual(layers.map(({ digest }) => digest));
  }
}
