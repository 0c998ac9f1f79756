import { failed, imageFailure, ok, type Result } from '@prism-build/errors';
import type * as z from 'zod';

/** Parses the options of a target; each violation is one failure that names the option. */
export function parseOptions<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  task: string,
): Result<z.infer<Schema>> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return ok(parsed.data);
  return failed(
    ...parsed.error.issues.map(({ path, message }) =>
      imageFailure('OPTIONS_INVALID', { what: `option ${path.join('.') || '(all)'} of ${task}: ${message}` }),
    ),
  );
}
