import { createReadStream } from 'node:fs';
import type { Content } from '@prism-build/oci';

/** The bytes of a content from `start` up to `end` (exclusive), in chunks that stay valid. */
export async function* readChunks(
  content: Content,
  start = 0,
  end = Number.POSITIVE_INFINITY,
): AsyncGenerator<Uint8Array> {
  if (start >= end) return;
  if (content.kind === 'file') {
    yield* createReadStream(content.path, { start, end: end - 1, highWaterMark: 1 << 18 });
    return;
  }
  const stop = Math.min(end, content.bytes.length);
  const step = 64 * 1024;
  for (let at = start; at < stop; at += step) yield content.bytes.subarray(at, Math.min(at + step, stop));
}

/** A short range of a content; shorter if the content ends earlier. */
export async function readPiece(content: Content, start: number, length: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of readChunks(content, start, start + length)) chunks.push(chunk);
  return Buffer.concat(chunks);
}
