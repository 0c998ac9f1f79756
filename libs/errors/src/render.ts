import { distinctFailures } from './distinct';
import type { Failure } from './failure';

/**
 * A failure as a person reads it:
 * `plugins/x/Containerfile:7: COPY_SOURCE_MISSING: …`, then the cause and the remedy, indented.
 */
export function renderFailure(failure: Failure): string {
  const { at } = failure;
  const place = at ? `${at.file}${at.line === undefined ? '' : `:${at.line}`}: ` : '';
  const lines = [`${place}${failure.code}: ${failure.what}`];
  if (failure.why)
    lines.push(
      ...failure.why
        .trimEnd()
        .split('\n')
        .map((line) => `  cause: ${line}`),
    );
  lines.push(`  to do: ${failure.remedy}`);
  return lines.join('\n');
}

/** The page of all codes: part of the installed package, and by its link also of a clone of Prism Build. */
const page = 'node_modules/prism/docs/errors.md';

/**
 * Prints each failure once, also one that occurs for every platform. The first failure of a code names the code's entry
 * in docs/errors.md, so that a long report does not repeat it.
 */
export function renderFailures(failures: readonly Failure[]): string {
  const named = new Set<string>();
  const rendered = distinctFailures(failures).map((failure) => {
    const text = renderFailure(failure);
    if (named.has(failure.code)) return text;
    named.add(failure.code);
    return `${text}\n  more: ${page}#${failure.code.toLowerCase()}`;
  });
  return rendered.join('\n');
}
