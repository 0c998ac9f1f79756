/** The two internal modules of unbzip2-stream, which its own types do not describe. */
declare module 'unbzip2-stream/lib/bit_iterator.js' {
  interface Bits {
    (count: number): number;
    readonly bytesRead: number;
  }
  export default function bitIterator(next: () => Uint8Array): Bits;
}

declare module 'unbzip2-stream/lib/bzip2.js' {
  type Bits = import('unbzip2-stream/lib/bit_iterator.js').Bits;
  interface Bzip2 {
    /** The size of a block in units of 100,000 bytes. */
    header(bits: Bits): number;
    /** Decodes a block; returns the checksum so far, or null after the last block. */
    decompress(
      bits: Bits,
      put: (byte: number) => void,
      work: Int32Array,
      workSize: number,
      checksum: number,
    ): number | null;
  }
  const bzip2: Bzip2;
  export default bzip2;
}
