export type Json =
  | string
  | number
  | boolean
  | null
  | readonly Json[]
  | { readonly [key: string]: Json | undefined };

/**
 * JSON with keys sorted by UTF-16 code unit, without white space and final newline: the bytes from which digests are
 * computed. Omits undefined members. `space` indents files that people read.
 */
export function canonicalJson(value: Json, space = 0): string {
  return JSON.stringify(sortKeys(value), undefined, space);
}

function sortKeys(value: Json): Json {
  if (value === null || typeof value !== 'object') return value;
  if (isList(value)) return value.map(sortKeys);
  // A null prototype and defineProperty semantics: a label called __proto__ is a label like any other.
  const sorted: Record<string, Json | undefined> = Object.create(null);
  for (const key of Object.keys(value).sort(byCodeUnit)) {
    const member = value[key];
    if (member !== undefined) sorted[key] = sortKeys(member);
  }
  return sorted;
}

function isList(value: object): value is readonly Json[] {
  return Array.isArray(value);
}

/** Never localeCompare, which depends on the machine. */
export function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
