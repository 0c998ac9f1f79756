import type { Failure, Result } from './failure';

/**
 * A value with everything that is wrong with what it was made of. Unlike a `Result` it has a value next to failures, so
 * that the caller goes on and reports the failures of what follows, too.
 */
export interface Checked<T> {
  readonly value: T;
  /** In the order of what was read; empty: nothing is wrong. */
  readonly failures: readonly Failure[];
}

export function checked<T>(value: T, ...failures: Failure[]): Checked<T> {
  return { value, failures };
}

/** The same failures with another value. */
export function mapChecked<T, U>({ value, failures }: Checked<T>, change: (value: T) => U): Checked<U> {
  return { value: change(value), failures };
}

/** All values in their order, with the failures of all. */
export function joinList<T>(parts: readonly Checked<T>[]): Checked<T[]> {
  return { value: parts.map(({ value }) => value), failures: parts.flatMap(({ failures }) => failures) };
}

/**
 * An object of the fields' values, with the failures of all in the order of the fields. Assigns one by one: inference
 * calls it for each instruction of a workspace, and V8 makes objects of computed entries slowly.
 */
export function joinFields<T extends object>(fields: { readonly [K in keyof T]: Checked<T[K]> }): Checked<T> {
  const value = {} as T;
  const failures: Failure[] = [];
  for (const name of Object.keys(fields) as (keyof T)[]) {
    value[name] = fields[name].value;
    failures.push(...fields[name].failures);
  }
  return { value, failures };
}

/** The values of the results that have one, with the failures of the others. */
export function joinResults<T>(results: readonly Result<T>[]): Checked<T[]> {
  return {
    value: results.flatMap((result) => (result.ok ? [result.value] : [])),
    failures: failuresOf(...results),
  };
}

/** The failures of all that failed, in order. */
export function failuresOf(...results: readonly Result<unknown>[]): Failure[] {
  return results.flatMap((result) => (result.ok ? [] : result.failures));
}
