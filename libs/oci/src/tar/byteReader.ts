/** Reads a stream in portions of requested sizes. A portion is valid until the next request. */
export interface ByteReader {
  /** The next `count` bytes; fewer only where the stream ends. */
  read(count: number): Promise<Buffer>;
  /** Up to `count` of the next bytes as they come, never none unless the stream has ended. */
  some(count: number): Promise<Buffer>;
}

export function readBytes(source: AsyncIterable<Uint8Array>): ByteReader & { close(): Promise<void> } {
  const chunks = source[Symbol.asyncIterator]();
  let held: Buffer = Buffer.alloc(0);
  async function some(count: number): Promise<Buffer> {
    while (held.length === 0) {
      const next = await chunks.next();
      if (next.done) return held;
      const { buffer, byteOffset, byteLength } = next.value;
      held = Buffer.from(buffer, byteOffset, byteLength);
    }
    const taken = held.subarray(0, count);
    held = held.subarray(taken.length);
    return taken;
  }
  return {
    some,
    async read(count) {
      const first = await some(count);
      if (first.length === count) return first;
      const parts = [Buffer.from(first)];
      for (let size = first.length; size < count; ) {
        const part = await some(count - size);
        if (part.length === 0) break;
        // The source may reuse its buffer.
        parts.push(Buffer.from(part));
        size += part.length;
      }
      return Buffer.concat(parts);
    },
    async close() {
      await chunks.return?.();
    },
  };
}
