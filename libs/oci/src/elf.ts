/** e_machine of the ELF specification for the architectures of the OCI image spec (GOARCH names). */
const machines: Readonly<Record<number, string>> = {
  3: '386',
  8: 'mips',
  20: 'ppc',
  21: 'ppc64le',
  22: 's390x',
  40: 'arm',
  62: 'amd64',
  183: 'arm64',
  243: 'riscv64',
  258: 'loong64',
};

/** How many bytes of a file `elfArchitecture` needs. */
export const elfHeaderSize = 20;

/** The architecture in an ELF header; undefined if it is not ELF, or not an architecture of the image spec. */
export function elfArchitecture(header: Uint8Array): string | undefined {
  if (header.length < elfHeaderSize) return undefined;
  if (header[0] !== 0x7f || header[1] !== 0x45 || header[2] !== 0x4c || header[3] !== 0x46) return undefined;
  const view = new DataView(header.buffer, header.byteOffset, header.byteLength);
  const littleEndian = header[5] === 1;
  return machines[view.getUint16(18, littleEndian)];
}
