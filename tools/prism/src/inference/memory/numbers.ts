import { type Kind, type Looked, nowhere } from '@prism-build/workspace';

/** How many numbers stand for one look: parsing and comparing them is faster than objects. */
const length = 4;
const kinds: readonly Kind[] = ['none', 'file', 'directory', 'link'];

export function toNumbers(looks: readonly (Looked | undefined)[]): Float64Array {
  const numbers = new Float64Array(length * looks.length);
  for (const [index, look] of looks.entries()) {
    const { inode, size, changed } = look ?? nowhere;
    numbers.set([inode, size, changed, bitsOf(look ?? nowhere)], length * index);
  }
  return numbers;
}

/** The bytes in base64, because parsing many decimal numbers is slow. */
export function encodeLooks(looks: Float64Array): string {
  return Buffer.from(looks.buffer).toString('base64');
}

export function decodeLooks(text: string): Float64Array {
  return new Float64Array(new Uint8Array(Buffer.from(text, 'base64')).buffer);
}

export function lookAmong(numbers: Float64Array, index: number): Looked {
  const at = length * index;
  const bits = numbers[at + 3]!;
  return {
    kind: kinds[bits & 3]!,
    executable: (bits & 4) !== 0,
    restamped: (bits & 8) !== 0,
    inode: numbers[at]!,
    size: numbers[at + 1]!,
    changed: numbers[at + 2]!,
  };
}

/** Whether a look equals the one at an index in everything. */
export function isAmong(numbers: Float64Array, index: number, look: Looked): boolean {
  const at = length * index;
  return (
    numbers[at] === look.inode &&
    numbers[at + 1] === look.size &&
    numbers[at + 2] === look.changed &&
    numbers[at + 3] === bitsOf(look)
  );
}

function bitsOf({ kind, executable, restamped }: Looked): number {
  return kinds.indexOf(kind) + (executable ? 4 : 0) + (restamped ? 8 : 0);
}
