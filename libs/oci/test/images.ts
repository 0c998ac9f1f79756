import { randomBytes } from 'node:crypto';
import { mkdirSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Result } from '@prism-build/errors';
import {
  type BuiltImage,
  buildImage,
  type ContentStore,
  type Layer,
  type LayerEntries,
  openContentStore,
  type Platform,
  putBlobs,
  putLayer,
} from '../src/index';

export const AMD64: Platform = { os: 'linux', architecture: 'amd64' };
export const ARM64: Platform = { os: 'linux', architecture: 'arm64' };

const made: string[] = [];

/** Lower case only: `podman pull oci:DIR` makes an image name of the path, and refuses capitals. */
export function makeDirectory(): string {
  const directory = join(realpathSync(tmpdir()), `prism-oci-${randomBytes(6).toString('hex')}`);
  mkdirSync(directory);
  made.push(directory);
  return directory;
}

export function removeDirectories(): void {
  for (const directory of made.splice(0)) rmSync(directory, { recursive: true, force: true });
}

export async function makeStore(): Promise<ContentStore> {
  return good(await openContentStore(join(makeDirectory(), 'store')));
}

export function good<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  throw new Error(JSON.stringify(result.failures, undefined, 2));
}

export function codesOf(result: Result<unknown>): string[] {
  return result.ok ? [] : result.failures.map(({ code }) => code);
}

/** A fixed tree with one entry of each kind that a scratch image has. */
export function sampleTree(text = 'hello\n'): LayerEntries {
  const owner = { uid: 0, gid: 0 };
  return [
    { type: 'symlink', path: 'bin', mode: 0o777, ...owner, linkTarget: 'usr/bin' },
    { type: 'directory', path: 'usr', mode: 0o755, ...owner },
    { type: 'directory', path: 'usr/bin', mode: 0o755, ...owner },
    {
      type: 'file',
      path: 'usr/bin/hello',
      mode: 0o755,
      uid: 65532,
      gid: 65532,
      content: { kind: 'bytes', bytes: Buffer.from(text) },
    },
    {
      type: 'hardlink',
      path: 'usr/bin/also',
      mode: 0o755,
      uid: 65532,
      gid: 65532,
      linkTarget: 'usr/bin/hello',
    },
    {
      type: 'file',
      path: `usr/${'ü'.repeat(60)}`,
      mode: 0o644,
      ...owner,
      xattrs: { 'user.note': Buffer.from('seen') },
      content: { kind: 'bytes', bytes: Buffer.alloc(0) },
    },
  ];
}

export interface Sample {
  readonly store: ContentStore;
  readonly built: BuiltImage;
  readonly layers: readonly [Layer, Layer];
}

/** A two-platform image in the store: a layer of its own for each platform, and one that they share as a base. */
export async function makeImage(store: ContentStore, text = 'hello\n'): Promise<Sample> {
  const base = good(await putLayer(store, sampleTree('base\n'), { compression: 'zstd' }));
  const make = async (name: string) =>
    good(await putLayer(store, sampleTree(`${text}${name}`), { compression: 'zstd' }));
  const layers = [await make('amd64'), await make('arm64')] as const;
  const settings = {
    user: '65532:65532',
    exposedPorts: ['8980/tcp', '80/tcp'],
    entrypoint: ['/usr/bin/hello'],
    env: ['PATH=/usr/bin'],
    labels: { b: '2', a: '1' },
  };
  const platforms = [ARM64, AMD64].map((platform) => ({
    platform,
    settings,
    layers: [
      { ...base, origin: { base: 'base-static' } },
      { ...(platform === AMD64 ? layers[0] : layers[1]), origin: 'own' as const },
    ],
  }));
  const built = good(buildImage(platforms));
  good(await putBlobs(store, built.blobs));
  return { store, built, layers };
}
