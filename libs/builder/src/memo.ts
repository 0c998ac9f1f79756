import { createHash } from 'node:crypto';
import { utimes } from 'node:fs/promises';
import { join } from 'node:path';
import type { Tree } from '@prism-build/assemble';
import {
  type ContentStore,
  contentSize,
  type DigestJson,
  encodeDigestJson,
  hasBlob,
  listOwnBlobs,
  parseDigestJson,
} from '@prism-build/oci';
import type { ImagePlan } from '@prism-build/plan';
import { readTextIfThere, writeFileAtomic } from '@prism-build/shell';
import { type Directories, executorIdentity } from '@prism-build/workspace';
import type { CompileManifest } from './compileManifest';

/**
 * Digest of everything that determines an image: the code, the plan, and the contents that it reads (`digestOf` gives
 * the digests of the context's files by their number). It is the key of a memo. Memos are independent of Nx's cache:
 * finished work survives a kill, a chain of images in one batch stops where nothing changed, and returning to an older
 * state rebuilds nothing.
 */
export function digestInputs(
  plan: ImagePlan,
  { context, digestOf }: { readonly context: Tree; readonly digestOf: (number: number) => Buffer },
  manifest: CompileManifest | undefined,
  rootfs?: string,
): string {
  const hash = createHash('sha256');
  hash
    .update(executorIdentity())
    .update(JSON.stringify(plan))
    .update(JSON.stringify(manifest ?? null))
    .update(`${rootfs ?? ''}\0`);
  let at = 0;
  for (const [path, node] of context) {
    hash.update(`${path}\0${node.type}\0${node.mode}\0${node.type === 'symlink' ? node.linkTarget : ''}\0`);
    if (node.type !== 'file') continue;
    const { content } = node;
    hash
      .update(`${contentSize(content)}\0`)
      .update(content.kind === 'bytes' ? content.bytes : digestOf(at++));
  }
  return hash.digest('hex');
}

/** The image that was assembled from equal inputs, if all of its blobs are still in the store. */
export async function readMemo(
  directories: Directories,
  store: ContentStore,
  key: string,
): Promise<DigestJson | undefined> {
  const path = memoPath(directories, key);
  const text = readTextIfThere(path);
  const image = text === undefined ? undefined : parseDigestJson(text, path);
  if (!image?.ok) return undefined;
  const there = await Promise.all(listOwnBlobs(image.value).map((blob) => hasBlob(store, blob)));
  if (!there.every(Boolean)) return undefined;
  // Pruning removes the memos that were not used for longest.
  await utimes(path, new Date(), new Date()).catch(() => undefined);
  return image.value;
}

export function writeMemo(directories: Directories, key: string, image: DigestJson): void {
  writeFileAtomic(memoPath(directories, key), encodeDigestJson(image));
}

function memoPath(directories: Directories, key: string): string {
  return join(directories.prism, 'images', `${key}.json`);
}
