import { failed, ok, type Result } from '@prism-build/errors';
import { parseOpenVex } from './openVex';
import type { Suppression } from './suppression';
import { parseTrivyIgnore } from './trivyIgnore';

/** A file with suppressions in the format of another tool. */
export interface SuppressionFile {
  readonly format: 'openvex' | 'trivyignore';
  readonly file: string;
  readonly text: string;
}

/** The suppressions of all files. Failures: SCAN_POLICY_INVALID, with file and line. */
export function readSuppressions(files: readonly SuppressionFile[]): Result<readonly Suppression[]> {
  const vex = parseOpenVex(files.filter(({ format }) => format === 'openvex'));
  const ignored = files
    .filter(({ format }) => format === 'trivyignore')
    .map(({ file, text }) => parseTrivyIgnore(text, file));
  const failures = [vex, ...ignored].flatMap((one) => (one.ok ? [] : one.failures));
  if (failures.length > 0) return failed(...failures);
  return ok([vex, ...ignored].flatMap((one) => (one.ok ? one.value : [])));
}
