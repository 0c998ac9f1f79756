import { closeSync, openSync, readSync } from 'node:fs';
import type { Platform } from '@prism-build/containerfile';
import { type Failure, imageFailure } from '@prism-build/errors';
import { type Content, elfArchitecture, elfHeaderSize } from '@prism-build/oci';
import type { Tree } from './node';

/** A failure for each ELF file of another architecture than the image's, except those in `trusted`. */
export function checkArchitectures(
  tree: Tree,
  platform: Platform,
  containerfile: string,
  trusted: ReadonlySet<Content> = new Set(),
): Failure[] {
  const failures: Failure[] = [];
  for (const [path, node] of tree) {
    if (node.type !== 'file' || (node.mode & 0o111) === 0 || trusted.has(node.content)) continue;
    const found = elfArchitecture(readHeader(node.content));
    if (found === undefined || found === platform.architecture) continue;
    const what = `/${path} is a binary for ${found} in an image for ${platform.os}/${platform.architecture}`;
    failures.push(imageFailure('ARCHITECTURE_MISMATCH', { what, at: { file: containerfile } }));
  }
  return failures;
}

function readHeader(content: Content): Uint8Array {
  if (content.kind === 'bytes') return content.bytes.subarray(0, elfHeaderSize);
  const header = new Uint8Array(elfHeaderSize);
  const fd = openSync(content.path, 'r');
  try {
    return header.subarray(0, readSync(fd, header, 0, elfHeaderSize, 0));
  } finally {
    closeSync(fd);
  }
}
