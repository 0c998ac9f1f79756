import * as fs from 'node:fs';
import { join } from 'node:path';

const pattern = /^audit-\d{12}\.jsonl$/;
const lineFeed = 0x0a;

/** The files of a log, in the order of their records. Throws file system errors. */
export function listFiles(directory: string): string[] {
  if (!fs.existsSync(directory)) return [];
  return fs
    .readdirSync(directory)
    .filter((name) => pattern.test(name))
    .sort();
}

/** A line of a file. */
export interface Line {
  readonly text: string;
  /** Counts from 1, from where the reading began. */
  readonly number: number;
  /** The offset behind its line feed, in bytes. */
  readonly end: number;
  /** Whether it ends with a line feed. Only the last line may lack it: its writer was killed. */
  readonly complete: boolean;
}

/** Reads one chunk at a time, so a log of any size needs little memory. Throws file system errors. */
export async function* readLines(directory: string, file: string, from = 0): AsyncGenerator<Line> {
  let [rest, end, number] = [Buffer.alloc(0), from, 0];
  for await (const chunk of fs.createReadStream(join(directory, file), { start: from })) {
    rest = Buffer.concat([rest, chunk as Buffer]);
    for (let at = rest.indexOf(lineFeed); at >= 0; at = rest.indexOf(lineFeed)) {
      end += at + 1;
      number += 1;
      yield { text: rest.toString('utf8', 0, at), number, end, complete: true };
      rest = rest.subarray(at + 1);
    }
  }
  if (rest.length > 0)
    yield { text: rest.toString('utf8'), number: number + 1, end: end + rest.length, complete: false };
}
