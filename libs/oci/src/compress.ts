import type { Compression } from './mediaTypes';
import { loadZstd } from './zstd';

/**
 * Uncompressed bytes that go into one frame. It bounds memory, and it is part of the format: another size
 * gives another digest.
 */
export const CHUNK_SIZE = 8 * 1024 * 1024;

/** How a layer is compressed; level 1 when left out, measured as the best trade for binaries. */
export interface CompressionOptions {
  readonly compression: Compression;
  readonly level?: number | undefined;
}

/** One chunk to one complete zstd frame or gzip member; both formats allow any number in a row. */
type CompressChunk = (chunk: Uint8Array) => Uint8Array;

export async function loadCompressor(options: CompressionOptions): Promise<CompressChunk> {
  const level = options.level ?? 1;
  switch (options.compression) {
    case 'none':
      return (chunk) => chunk;
    case 'zstd': {
      const zstd = await loadZstd();
      return (chunk) => zstd.compress(chunk, level);
    }
    case 'gzip': {
      const { gzipSync } = await import('fflate');
      // A fixed `mem`: fflate otherwise derives it from a logarithm of the length.
      return (chunk) => gzipSync(chunk, { level: gzipLevel(level), mem: 8, mtime: 0 });
    }
  }
}

/**
 * Loads zstd and lets V8 optimise it on a sample; otherwise the first megabytes take twice as long. Call it while
 * waiting for something else.
 */
export async function warmCompressor(): Promise<void> {
  const compress = await loadCompressor({ compression: 'zstd' });
  compress(makeSample());
}

/**
 * Sample bytes with the mix of repetition and noise of a program. More than 256 KiB: zstd uses other functions for
 * smaller inputs, and the ones for large files would not be optimised.
 */
function makeSample(): Uint8Array {
  const words = new Uint32Array(80 * 1024);
  let state = 1;
  for (let at = 0; at < words.length; at++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const repeats = at > 2048 && (at >>> 2) % 3 === 0;
    words[at] = repeats ? words[at - 1000 - (at >>> 8)]! : (state ^ (state >>> 15)) & 0x3f0f3f1f;
  }
  return new Uint8Array(words.buffer);
}

function gzipLevel(level: number): 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 {
  return Math.min(9, Math.max(1, Math.trunc(level))) as 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9;
}
