import type { Content } from '@prism-build/oci';
import { readChunks } from './chunks';
import { listXzStreams } from './xzStreams';

/**
 * Decodes xz, any number of streams in a row (pixz and `cat` write so), as WebAssembly (xz-embedded), whose checksums are
 * verified. Throws an Error on damage. One decoder runs at a time: the next waits for the end of this one.
 */
export async function* unxz(content: Content): AsyncGenerator<Uint8Array> {
  // Loaded with the first such archive: most builds have none.
  const { XzReadableStream } = await import('xz-decompress');
  for (const { start, end } of await listXzStreams(content)) {
    const source = ReadableStream.from(readChunks(content, start, end)) as ReadableStream<Uint8Array>;
    const decoded = new XzReadableStream(source)[Symbol.asyncIterator]();
    try {
      for (;;) {
        const next = await decoded.next().catch(explain);
        if (next.done) break;
        if (next.value.length > 0) yield next.value;
      }
    } finally {
      await decoded.return?.();
    }
  }
}

/** The codes of xz-embedded (xz.h). */
const REASONS: Readonly<Record<string, string>> = {
  3: 'it needs more memory than is available',
  4: 'it needs more memory than the decoder may have',
  6: 'it uses a filter or a checksum that is not supported; xz --check=crc64 makes a supported one',
};

function explain(error: unknown): never {
  const [, code = ''] = /error code (\d+)/.exec(String(error)) ?? [];
  throw new Error(`the xz stream cannot be read: ${REASONS[code] ?? 'it is damaged or truncated'}`);
}
