import { failed, ok, type Result, scanFailure } from '@prism-build/errors';
import * as z from 'zod';

/** Parses JSON that a scanner wrote. Failure: SCAN_ERROR with `what`, if the text does not fit the schema. */
export function parseOutput<Schema extends z.ZodType>(
  schema: Schema,
  text: string,
  what: string,
): Result<z.infer<Schema>> {
  const failure = (why: string) => failed(scanFailure('SCAN_ERROR', { what, why }));
  try {
    const parsed = schema.safeParse(JSON.parse(text));
    return parsed.success ? ok(parsed.data) : failure(z.prettifyError(parsed.error));
  } catch (error) {
    return failure((error as Error).message);
  }
}
