import { untilNul } from './sections';

/** A function of a Go program: bytes of its code, and those of the tables that only it needs. */
export interface GoFunction {
  readonly name: string;
  readonly code: number;
  readonly tables: number;
}

/** Size of runtime._func by the magic number of runtime.pcHeader: Go 1.18 to 1.19, and since 1.20. */
const functionSizes: ReadonlyMap<number, number> = new Map([
  [0xfffffff0, 40],
  [0xfffffff1, 44],
]);

/**
 * The functions in a table of Go's runtime (`.gopclntab`; runtime/symtab.go, debug/gosym), which stripping does not remove.
 * Undefined for older versions of Go and for damaged tables.
 */
export function readGoTable(table: Buffer): readonly GoFunction[] | undefined {
  try {
    return readFunctions(table);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function readFunctions(table: Buffer): readonly GoFunction[] | undefined {
  if (table.length < 72 || table[7] !== 8) return undefined;
  const functionSize = functionSizes.get(table.readUInt32LE(0));
  if (functionSize === undefined) return undefined;
  const word = (at: number) => Number(table.readBigUInt64LE(8 + at * 8));
  const [count, names, counters, functions] = [word(0), word(3), word(6), word(7)];
  if (functions + count * 8 + 4 > table.length) return undefined;
  const index = (at: number) => functions + at * 8;
  // Names and tables of counters are shared: they count for the first function that has them.
  const seenNames = new Set<number>();
  const streams = new Map<number, number>();
  const read = Array.from({ length: count }, (_, at) => {
    const place = functions + table.readUInt32LE(index(at) + 4);
    const [name, streamCount] = [table.readInt32LE(place + 4), table.readUInt32LE(place + 28)];
    const dataCount = table.readUInt8(place + functionSize - 1);
    const used = [16, 20, 24].map((field) => table.readUInt32LE(place + field));
    for (let one = 0; one < streamCount; one++) used.push(table.readUInt32LE(place + functionSize + one * 4));
    for (const stream of used) if (stream !== 0 && !streams.has(stream)) streams.set(stream, at);
    const text = untilNul(table, names + name);
    const nameSize = seenNames.has(name) ? 0 : Buffer.byteLength(text) + 1;
    seenNames.add(name);
    return {
      name: text,
      code: table.readUInt32LE(index(at + 1)) - table.readUInt32LE(index(at)),
      tables: 8 + functionSize + (streamCount + dataCount) * 4 + nameSize,
    };
  });
  if (read.some(({ code }) => code < 0)) return undefined;
  const starts = [...streams.keys()].sort((a, b) => a - b);
  for (const [at, start] of starts.entries())
    read[streams.get(start)!]!.tables += (starts[at + 1] ?? functions - counters) - start;
  return read;
}
