import { join } from 'node:path';
import { ok, type Result } from '@prism-build/errors';
import { type ImagesLock, imagesLockPath, parseImagesLock } from '@prism-build/registry';
import { readTextIfThere } from '@prism-build/shell';

/** The images.lock.json beside a Containerfile; an empty lock if the file does not exist. */
export function readImagesLock(root: string, containerfile: string): Result<ImagesLock> {
  const path = imagesLockPath(containerfile);
  const text = readTextIfThere(join(root, path));
  return text === undefined ? ok({ version: 1, images: {} }) : parseImagesLock(text, path);
}
