import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { ociFailure } from '@prism-build/errors';
import type { Content } from '../entry';
import type { TarPlan } from '../planTar';
import { fail } from './failures';

/**
 * The bytes of a planned tar in chunks of exactly `chunkSize`, the last one shorter. Every file is read once,
 * straight into the chunk. The buffer is reused: a chunk is valid until the next request.
 */
export function* readParts(plan: TarPlan, chunkSize: number): Generator<Uint8Array> {
  const chunk = Buffer.allocUnsafe(Math.min(chunkSize, plan.size));
  let filled = 0;
  for (const part of plan.parts) {
    const piece = openContent(part);
    try {
      while (piece.left() > 0) {
        filled += piece.read(chunk.subarray(filled));
        if (filled < chunk.length) continue;
        yield chunk;
        filled = 0;
      }
    } finally {
      piece.close();
    }
  }
  if (filled > 0) yield chunk.subarray(0, filled);
}

interface Piece {
  left(): number;
  /** Fills `target` as far as possible and returns the number of bytes; 0 only at the end. */
  read(target: Buffer): number;
  close(): void;
}

function openContent(content: Content): Piece {
  return content.kind === 'bytes' ? openBytes(content.bytes) : openFile(content.path, content.size);
}

function openBytes(bytes: Uint8Array): Piece {
  let at = 0;
  return {
    left: () => bytes.length - at,
    read(target) {
      const count = Math.min(target.length, bytes.length - at);
      target.set(bytes.subarray(at, at + count));
      at += count;
      return count;
    },
    close: () => {},
  };
}

function openFile(path: string, size: number): Piece {
  const file = openSync(path, 'r');
  let at = 0;
  const checkSize = () => {
    const now = fstatSync(file).size;
    if (now !== size) failChanged(path, `It has ${now} bytes, and had ${size} when the layer was planned.`);
  };
  return {
    left: () => size - at,
    read(target) {
      if (at === 0) checkSize();
      const count = readSync(file, target, 0, Math.min(target.length, size - at), null);
      if (count === 0) failChanged(path, `It ended after ${at} of ${size} bytes.`);
      at += count;
      return count;
    },
    close: () => closeSync(file),
  };
}

function failChanged(path: string, why: string): never {
  fail(ociFailure('LAYER_SOURCE_CHANGED', { what: `${path} changed while it was packed.`, why }));
}
