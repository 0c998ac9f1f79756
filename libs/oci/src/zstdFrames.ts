/** One zstd frame, and an upper bound of its decompressed size in bytes, from its block headers (RFC 8878). */
interface ZstdFrame {
  readonly frame: Uint8Array;
  readonly bound: number;
}

const MAGIC = 0xfd2fb528;
const MAX_BLOCK = 128 * 1024;
/** The WebAssembly heap is limited to 2 GiB, and holds a frame compressed and decompressed. */
const MAX_FRAME = 1024 * 1024 * 1024;

/**
 * Cuts a stream into frames, so that memory is bounded by the largest one. Skippable frames are left out.
 * Throws an Error on anything that is not zstd.
 */
export async function* splitZstdFrames(source: AsyncIterable<Uint8Array>): AsyncGenerator<ZstdFrame> {
  const window = createWindow(source);
  while (await window.fill(4)) {
    const start = window.view().readUInt32LE(0);
    if (start >>> 4 === 0x184d2a5) {
      await need(window, 8);
      const size = 8 + window.view().readUInt32LE(4);
      await need(window, size);
      window.drop(size);
      continue;
    }
    if (start !== MAGIC) throw new Error('no zstd frame where one should begin');
    const { size, bound } = await measureFrame(window);
    yield { frame: window.view().subarray(0, size), bound };
    window.drop(size);
  }
  if (window.view().length > 0) throw new Error('bytes after the last zstd frame');
}

async function measureFrame(window: Window): Promise<{ size: number; bound: number }> {
  await need(window, 5);
  const flags = window.view()[4]!;
  const single = (flags >> 5) & 1;
  const dictionary = [0, 1, 2, 4][flags & 3]!;
  const sizeFlag = flags >> 6;
  const sizeBytes = sizeFlag === 0 ? single : 1 << sizeFlag;
  const sizeAt = 5 + (1 - single) + dictionary;
  let at = sizeAt + sizeBytes;
  let bound = 0;
  for (let last = 0; last === 0; ) {
    await need(window, at + 3);
    const header = window.view().readUIntLE(at, 3);
    last = header & 1;
    const type = (header >> 1) & 3;
    const size = header >> 3;
    if (type === 3 || size > MAX_BLOCK) throw new Error('an illegal zstd block');
    at += 3 + (type === 1 ? 1 : size);
    bound += type === 2 ? MAX_BLOCK : size;
    if (bound > MAX_FRAME) throw new Error('a zstd frame of more than 1 GiB');
  }
  at += flags & 4;
  await need(window, at);
  // Otherwise a header with a false size could make the decoder allocate any amount of memory.
  if (readContentSize(window.view(), sizeAt, sizeBytes) > bound)
    throw new Error('a zstd frame with a false size');
  return { size: at, bound };
}

function readContentSize(view: Buffer, at: number, bytes: number): number {
  if (bytes === 0) return 0;
  if (bytes === 8) return Number(view.readBigUInt64LE(at));
  return view.readUIntLE(at, bytes) + (bytes === 2 ? 256 : 0);
}

/** The unread start of a stream. */
interface Window {
  /** Reads on until `count` bytes are there; false when the stream ends before. */
  fill(count: number): Promise<boolean>;
  view(): Buffer;
  drop(count: number): void;
}

async function need(window: Window, count: number): Promise<void> {
  if (!(await window.fill(count))) throw new Error('the zstd stream ends too early');
}

function createWindow(source: AsyncIterable<Uint8Array>): Window {
  const reader = source[Symbol.asyncIterator]();
  let held = Buffer.alloc(1 << 20);
  let start = 0;
  let end = 0;
  const append = (chunk: Uint8Array) => {
    if (end + chunk.length > held.length) {
      const bigger = Buffer.alloc(Math.max(2 * (end - start), end - start + chunk.length, 1 << 20));
      held.copy(bigger, 0, start, end);
      held = bigger;
      end -= start;
      start = 0;
    }
    held.set(chunk, end);
    end += chunk.length;
  };
  return {
    async fill(count) {
      while (end - start < count) {
        const next = await reader.next();
        if (next.done) return false;
        append(next.value);
      }
      return true;
    },
    view: () => held.subarray(start, end),
    drop: (count) => {
      start += count;
    },
  };
}
