/** How many bytes of a file `isProgram` needs: `e_ident` and `e_type` of an ELF header. */
export const programHeaderSize = 18;

/** e_type of programs and of shared objects (System V ABI, ELF header). Object files cannot be run. */
const runnable = [2, 3];

/** Whether a file is an ELF program or shared object, whatever its mode: a library is loaded without execute bits. */
export function isProgram(start: Uint8Array): boolean {
  const view = Buffer.from(start.buffer, start.byteOffset, start.byteLength);
  if (view.length < programHeaderSize || view.readUInt32BE(0) !== 0x7f454c46) return false;
  const type = view[5] === 2 ? view.readUInt16BE(16) : view.readUInt16LE(16);
  return runnable.includes(type);
}
