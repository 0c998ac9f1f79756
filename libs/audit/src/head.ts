import { join } from 'node:path';
import { readTextIfThere, writeFileAtomic } from '@prism-build/shell';
import * as z from 'zod';
import { type ChainEnd, start } from './record';

/** The last confirmed record of a log, and where it ends. */
export interface Head extends ChainEnd {
  /** The name of the file that holds it. */
  readonly file: string;
  /** The size of that file, in bytes, with this record as the last one. */
  readonly size: number;
}

const schema = z.strictObject({
  version: z.literal(1),
  sequence: z.int().nonnegative(),
  digest: z.string(),
  file: z.string(),
  size: z.int().nonnegative(),
});

/** The name of the file that begins with a record. Names sort in the order of the records. */
export const fileOf = (sequence: number): string => `audit-${String(sequence).padStart(12, '0')}.jsonl`;

/** The head of a log without records. */
const noHead: Head = { ...start, file: fileOf(1), size: 0 };

const placeOf = (directory: string): string => join(directory, 'head.json');

/** `noHead` if there is no file; undefined if it is not a head. Throws file system errors. */
export function readHead(directory: string): Head | undefined {
  const text = readTextIfThere(placeOf(directory));
  if (text === undefined) return noHead;
  try {
    const parsed = schema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

/** Throws file system errors. */
export function writeHead(directory: string, head: Head): void {
  writeFileAtomic(placeOf(directory), `${JSON.stringify({ version: 1, ...head })}\n`);
}
