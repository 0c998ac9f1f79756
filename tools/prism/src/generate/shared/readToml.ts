import { parse } from 'smol-toml';
import type * as z from 'zod';

/** Parses a TOML file with a schema. Reports all violations. */
export type ReadToml<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly troubles: readonly [string, ...string[]] };

export function readToml<T>(schema: z.ZodType<T>, text: string): ReadToml<T> {
  let value: unknown;
  try {
    value = parse(text);
  } catch (error) {
    return { ok: false, troubles: [error instanceof Error ? error.message.split('\n')[0]! : String(error)] };
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return { ok: true, value: parsed.data };
  const troubles = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  return { ok: false, troubles: troubles as [string, ...string[]] };
}
