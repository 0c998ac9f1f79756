/** A place in a text file; lines count from 1. */
export interface Place {
  readonly file: string;
  readonly line?: number | undefined;
}

/** What went wrong, as a value: it is returned, reported and compared, never thrown across a border. */
export interface Failure {
  /** Stable name from the catalogue, e.g. `COPY_SOURCE_MISSING`. */
  readonly code: string;
  /** What happened, one sentence with the names involved. */
  readonly what: string;
  /** Why, when it is known: the cause in the words of the tool that failed. */
  readonly why?: string | undefined;
  /** What the reader does next. */
  readonly remedy: string;
  readonly at?: Place | undefined;
}

export type Result<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly failures: readonly Failure[] };

export function ok<T>(value: T): Result<T> {
  return { ok: true, value };
}

export function failed(...failures: Failure[]): {
  readonly ok: false;
  readonly failures: readonly Failure[];
} {
  return { ok: false, failures };
}

/** All values, or the failures of all: validators report every violation, not the first. */
export function all<T>(results: readonly Result<T>[]): Result<T[]> {
  const failures = results.flatMap((result) => (result.ok ? [] : result.failures));
  if (failures.length > 0) return failed(...failures);
  return ok(results.flatMap((result) => (result.ok ? [result.value] : [])));
}
