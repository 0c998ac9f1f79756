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

/** Prints each failure once, also one that occurs for every platform. */
export function renderFailures(failures: readonly Failure[]): string {
  return distinctFailures(failures).map(renderFailure).join('\n');
}
