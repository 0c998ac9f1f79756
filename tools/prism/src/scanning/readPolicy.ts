import { join } from 'node:path';
import { failed, type Result, scanFailure } from '@prism-build/errors';
import { parseScanPolicy, type ScanPolicy } from '@prism-build/policy';
import { readTextIfThere } from '@prism-build/shell';

const FILE = 'scan-policy.json';

/**
 * The policy of a project: the named file, else scan-policy.json of the project, else of the workspace, else the
 * defaults. Failure: SCAN_POLICY_INVALID.
 */
export function readPolicy(root: string, project: string, named: string | undefined): Result<ScanPolicy> {
  const files = named === undefined ? [join(project, FILE), FILE] : [named];
  for (const file of files) {
    const text = readTextIfThere(join(root, file));
    if (text !== undefined) return parseScanPolicy(text, file);
  }
  if (named === undefined) return parseScanPolicy('{}', FILE);
  return failed(scanFailure('SCAN_POLICY_INVALID', { what: `there is no ${named}`, at: { file: named } }));
}
