import { parse } from 'smol-toml';

export type Table = Readonly<Record<string, unknown>>;

/** The tables of a TOML file, or one line that says why it is not TOML. */
export type ReadToml =
  | { readonly ok: true; readonly table: Table }
  | { readonly ok: false; readonly why: string };

/** Reads a TOML file; a byte order mark is allowed. All files in TOML are read here. */
export function readToml(text: string): ReadToml {
  try {
    return { ok: true, table: parse(text.replace(/^\ufeff/, '')) };
  } catch (error) {
    return { ok: false, why: error instanceof Error ? error.message.split('\n')[0]! : String(error) };
  }
}

/** The tables of a TOML file; null if it is not TOML. */
export function parseToml(text: string): Table | null {
  const read = readToml(text);
  return read.ok ? read.table : null;
}

export const tableOf = (value: unknown): Table =>
  value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as Table) : {};
export const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** The line, from 1, that sets a key or opens its table; 1 if no such line is found. */
export function lineOfKey(text: string, key: readonly string[]): number {
  const wanted = JSON.stringify(key);
  let header: string[] = [];
  let best = 1;
  for (const [index, line] of text.split('\n').entries()) {
    const table = /^\s*\[{1,2}([^\]]+)\]/.exec(line);
    const setting = /^\s*((?:"[^"]*"|'[^']*'|[\w-]+|\s*\.\s*)+?)\s*=/.exec(line);
    if (!table && !setting) continue;
    if (table) header = splitKey(table[1]!);
    const here = table ? header : [...header, ...splitKey(setting![1]!)];
    if (JSON.stringify(here) === wanted) return index + 1;
    // An inline table contains the keys below it.
    if (JSON.stringify(key.slice(0, here.length)) === JSON.stringify(here)) best = index + 1;
  }
  return best;
}

function splitKey(text: string): string[] {
  return [...text.matchAll(/"([^"]*)"|'([^']*)'|([\w-]+)/g)].map(
    ([, double, single, bare]) => double ?? single ?? bare!,
  );
}
