import { type Failure, failed, hint, ok, type Result, stackFailure } from '@prism-build/errors';
import * as z from 'zod';
import type { Located, Path } from './documents';
import { notHonoured } from './notHonoured';
import { type Kind, kinds, type Manifest } from './schema';

/** A document of a stack whose fields are all honoured. */
export interface Checked {
  readonly manifest: Manifest;
  readonly located: Located;
}

/**
 * Checks a document against the fields that a stack may have. Failures, each with its line: STACK_FIELD_UNKNOWN for a
 * misspelt name, STACK_NOT_HONOURED for one that only Kubernetes knows, STACK_VALUE_INVALID.
 */
export function checkDocument(located: Located): Result<Checked> {
  const { file, value, lineOf } = located;
  const kind = (value as { kind?: unknown } | null)?.kind;
  if (typeof kind !== 'string') {
    const what = 'a document has no kind';
    return failed(stackFailure('STACK_VALUE_INVALID', { what, at: { file, line: lineOf([]) } }));
  }
  if (!Object.hasOwn(kinds, kind))
    return failed(refuseName(kind, 'kind', Object.keys(kinds), file, lineOf(['kind'])));
  const schema = kinds[kind as Kind];
  const parsed = schema.safeParse(value);
  if (parsed.success) return ok({ manifest: parsed.data, located });
  return failed(...parsed.error.issues.flatMap((issue) => describeIssue(issue, schema, located)));
}

function describeIssue(issue: z.core.$ZodIssue, schema: z.ZodType, located: Located): Failure[] {
  const { file, value, lineOf, lineOfKey } = located;
  const { path } = issue;
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) =>
      refuseName(key, where(path), listFields(schema, path), file, lineOfKey([...path, key])),
    );
  const found = path.reduce<unknown>(
    (one, key) => (one as Record<PropertyKey, unknown> | undefined)?.[key],
    value,
  );
  const shown = found === null || typeof found !== 'object' ? JSON.stringify(found) : undefined;
  const what =
    found === undefined
      ? `${where(path)} is missing`
      : `${where(path)}${shown === undefined ? '' : `: ${shown}`} ${describe(issue)}`;
  return [stackFailure('STACK_VALUE_INVALID', { what, at: { file, line: lineOf(path) } })];
}

/** Zod's messages as the end of a sentence. */
function describe(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_union') return 'is not valid here';
  const { message } = issue;
  return /^(is|has|must) /.test(message)
    ? message
    : `is not valid: ${message.charAt(0).toLowerCase()}${message.slice(1)}`;
}

function refuseName(
  name: string,
  at: string,
  candidates: readonly string[],
  file: string,
  line: number,
): Failure {
  const why = notHonoured.get(name);
  if (why !== undefined) {
    const what = `a stack may not have ${name} in ${at}`;
    return stackFailure('STACK_NOT_HONOURED', { what, why, at: { file, line } });
  }
  const what = `unknown name ${name} in ${at}.${hint(name, candidates)}`;
  return stackFailure('STACK_FIELD_UNKNOWN', { what, at: { file, line } });
}

/** `spec.containers[0].image`. */
function where(path: Path): string {
  if (path.length === 0) return 'the document';
  return path
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`))
    .join('')
    .replace(/^\./, '');
}

/** The names of the fields that an object at a path may have. */
function listFields(schema: z.ZodType, path: Path): string[] {
  let inner = unwrap(schema);
  for (const key of path) {
    if (inner instanceof z.ZodArray) inner = unwrap(inner.element as z.ZodType);
    else if (inner instanceof z.ZodObject) inner = unwrap(inner.shape[String(key)]);
    else return [];
  }
  return inner instanceof z.ZodObject ? Object.keys(inner.shape) : [];
}

function unwrap(schema: z.ZodType): z.ZodType {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault)
    return unwrap(schema.unwrap() as z.ZodType);
  return schema;
}
