import { type Failure, failed, ok, type Result, scanFailure } from '@prism-build/errors';
import type * as z from 'zod';

export type Path = readonly PropertyKey[];

/** Makes the failure for a value of a file, or for the whole file. */
export type Refuse = (file: string, line: number | undefined, what: string, why?: string) => Failure;

/** A parsed file of which every value has a line. */
export interface Located {
  readonly file: string;
  readonly value: unknown;
  /** The line of the value at a path, or of the nearest one around it; counts from 1. */
  readonly lineOf: (path: Path) => number;
  readonly refuse: Refuse;
}

/** Failure: SCAN_POLICY_INVALID. */
export const invalid: Refuse = (file, line, what, why) =>
  scanFailure('SCAN_POLICY_INVALID', {
    what,
    why,
    remedy: 'Correct the value; node_modules/prism/docs/scanning.md lists what the file may have.',
    at: { file, line },
  });

/** The value at a path of a file as the schema reads it. Failures: one for each violation, with its line. */
export function checkValue<Schema extends z.ZodType>(
  { file, value, lineOf, refuse }: Located,
  schema: Schema,
  at: Path = [],
): Result<z.infer<Schema>> {
  const inner = at.reduce<unknown>(
    (one, key) => (one as Record<PropertyKey, unknown> | undefined)?.[key],
    value,
  );
  const parsed = schema.safeParse(inner);
  if (parsed.success) return ok(parsed.data);
  return failed(
    ...parsed.error.issues.map((issue) => {
      const { path, message } = issue;
      // The place of an unknown name is its own, not that of the object around it.
      const unknown = issue.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : [];
      return refuse(
        file,
        lineOf([...at, ...path, ...unknown]),
        `${path.join('.') || 'the file'}: ${message}`,
      );
    }),
  );
}
