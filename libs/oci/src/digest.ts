import { createHash } from 'node:crypto';

/** `sha256:<64 lower-case hex digits>`, the one algorithm that every registry and engine has. */
export type Digest = `sha256:${string}`;

export const DIGEST_PATTERN = /^sha256:[0-9a-f]{64}$/;

export function isDigest(text: string): text is Digest {
  return DIGEST_PATTERN.test(text);
}

export function digestOf(bytes: Uint8Array): Digest {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

/** The hex part, which names the blob's file in a layout and in the content store. */
export function hexOf(digest: Digest): string {
  return digest.slice('sha256:'.length);
}
