import { failed, failuresOf, type Result, renderFailures } from '@prism-build/errors';

/** Ends a generator. If it throws, Nx writes nothing and shows the message. */
export function finish<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(renderFailures(result.failures));
  return result.value;
}

/** The failures of several results as one; undefined if none failed. Generators report all failures at once. */
export function joinRefusals(...results: readonly Result<unknown>[]) {
  const failures = failuresOf(...results);
  return failures.length > 0 ? failed(...failures) : undefined;
}

/** Prints one line each; Nx itself lists the files. */
export function say(lines: readonly string[]): void {
  for (const line of lines) process.stdout.write(`${line}\n`);
}
