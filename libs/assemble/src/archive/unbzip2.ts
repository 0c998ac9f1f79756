/** Bytes that a block needs in addition to 100,000 for each level, as in unbzip2-stream. */
const margin = 25_000;

/**
 * Decodes bzip2, any number of streams in a row (pbzip2 writes so). Checksums of blocks and streams are verified. Throws
 * an Error on damage and on bytes behind the end. The library's own stream would hold a block as a list of numbers: ten
 * times its size, and a block of zeros has 46 MB.
 */
export async function* unbzip2(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  // Loaded with the first such archive: most builds have none.
  const [{ default: shared }, { default: bitsOf }] = await Promise.all([
    import('unbzip2-stream/lib/bzip2.js'),
    import('unbzip2-stream/lib/bit_iterator.js'),
  ]);
  // The decoder keeps tables between calls.
  const bzip2: typeof shared = Object.create(shared);
  const input = queueOf(source);
  if (!(await input.fill(4))) return;
  const bits = bitsOf(input.next);
  const output = growing();
  const need = (count: number) => input.fill(bits.bytesRead + count);
  while (await need(1)) {
    await need(4);
    const level = bzip2.header(bits);
    const work = new Int32Array(100_000 * level);
    for (let checksum: number | null = 0; checksum !== null; ) {
      await need(100_000 * level + margin);
      checksum = bzip2.decompress(bits, output.put, work, work.length, checksum);
      // A copy: the next block goes into the same memory.
      yield output.take();
    }
  }
}

/** Chunks for a synchronous reader. `fill` waits until that many bytes have arrived, or returns that they will not. */
function queueOf(source: AsyncIterable<Uint8Array>) {
  const chunks = source[Symbol.asyncIterator]();
  const queue: Uint8Array[] = [];
  let received = 0;
  return {
    async fill(total: number): Promise<boolean> {
      while (received < total) {
        const next = await chunks.next();
        if (next.done) return false;
        if (next.value.length === 0) continue;
        queue.push(next.value);
        received += next.value.length;
      }
      return true;
    },
    next(): Uint8Array {
      const chunk = queue.shift();
      if (!chunk) throw new Error('the bzip2 stream ends too early');
      return chunk;
    },
  };
}

function growing() {
  let bytes = new Uint8Array(1 << 20);
  let size = 0;
  return {
    put(byte: number): void {
      if (size === bytes.length) {
        const bigger = new Uint8Array(2 * size);
        bigger.set(bytes);
        bytes = bigger;
      }
      bytes[size++] = byte;
    },
    take(): Uint8Array {
      const taken = bytes.slice(0, size);
      size = 0;
      return taken;
    },
  };
}
