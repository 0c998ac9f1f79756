/** Bytes of an ELF header up to and including `e_machine`. */
export const ELF_PREFIX = 20;

/** `e_machine` (ELF specification, and elf.h) by the architectures of OCI platforms. */
const machines: Readonly<Record<number, string>> = {
  3: '386',
  8: 'mips',
  20: 'ppc',
  21: 'ppc64',
  22: 's390x',
  40: 'arm',
  62: 'amd64',
  183: 'arm64',
  243: 'riscv64',
  258: 'loong64',
};

/**
 * The architecture that an ELF program or shared object is for, from the first bytes of the file. Undefined for other files;
 * object files are none that run.
 */
export function elfArchitecture(prefix: Uint8Array): string | undefined {
  const [magic, letterE, letterL, letterF, , order] = prefix;
  const isElf = magic === 0x7f && letterE === 0x45 && letterL === 0x4c && letterF === 0x46;
  if (!isElf || prefix.length < ELF_PREFIX) return undefined;
  const view = new DataView(prefix.buffer, prefix.byteOffset, prefix.byteLength);
  const little = order === 1;
  const [type, machine] = [view.getUint16(16, little), view.getUint16(18, little)];
  // ET_EXEC, and ET_DYN, which position-independent programs are.
  if (type !== 2 && type !== 3) return undefined;
  return machines[machine] ?? `machine ${machine}`;
}
