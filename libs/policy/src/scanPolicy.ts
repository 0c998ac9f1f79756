import { failed, ok, type Result, scanFailure } from '@prism-build/errors';
import * as z from 'zod';

/** Severities in ascending order. UNKNOWN is not among them: the policy treats it separately. */
export const severities = ['LOW', 'MEDIUM', 'HIGH', 'CRITICAL'] as const;

export type Severity = (typeof severities)[number] | 'UNKNOWN';

const threshold = z.enum([...severities, 'NEVER']);
const rule = z.enum(['block', 'allow']);

/** A finding that is accepted until a date. */
const suppression = z.strictObject({
  id: z.string().min(1).describe('The advisory, such as CVE-2023-39325.'),
  package: z.string().min(1).optional().describe('Only in this package; every package if left out.'),
  path: z.string().min(1).optional().describe('Only at this path in the image; every path if left out.'),
  digest: z
    .string()
    .regex(/^sha256:[0-9a-f]{64}$/)
    .optional()
    .describe('Only in the image with this digest; every image if left out.'),
  owner: z.string().min(1).describe('Who answers for it.'),
  reason: z.string().min(1).describe('Why the finding does no harm.'),
  expires: z.iso.date().describe('The last day on which it applies, in UTC.'),
});

export type Suppression = z.infer<typeof suppression>;

/** The policy file. All fields have a default, which is the strictest value. */
export const scanPolicy = z.strictObject({
  fixable: threshold
    .default('HIGH')
    .describe('The lowest severity that blocks where a fixed version exists; NEVER for none.'),
  unfixable: threshold
    .default('CRITICAL')
    .describe('The lowest severity that blocks where no fixed version exists; NEVER for none.'),
  unknownSeverity: rule.default('block').describe('Findings for which the database has no severity.'),
  notAssessable: rule
    .default('block')
    .describe('Images in which nothing was recognised, or for which the database has no advisories.'),
  maxDatabaseAgeDays: z.number().positive().default(7).describe('An older database fails the scan.'),
  runsAsRoot: rule.default('block').describe('Images whose user is root or not set.'),
  secretsInConfig: rule.default('block').describe('ENV variables and labels that look like secrets.'),
  secretsInFiles: rule
    .default('block')
    .describe('Secrets in a file of any layer, also a replaced one, or in the configuration.'),
  scanners: z
    .array(z.string().regex(/^sha256:[0-9a-f]{64}$/))
    .default([])
    .describe('Digests of scanner binaries to trust besides the pinned ones.'),
  suppressions: z.array(suppression).default([]),
});

export type ScanPolicy = z.infer<typeof scanPolicy>;

/** Reads a policy; `file` is for messages. Failures: SCAN_POLICY_INVALID, one for each violation. */
export function parseScanPolicy(text: string, file: string): Result<ScanPolicy> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const why = (error as Error).message;
    return failed(scanFailure('SCAN_POLICY_INVALID', { what: `${file} is not JSON`, why, at: { file } }));
  }
  const parsed = scanPolicy.safeParse(value);
  if (parsed.success) return ok(parsed.data);
  return failed(
    ...parsed.error.issues.map(({ path, message }) =>
      scanFailure('SCAN_POLICY_INVALID', { what: `${path.join('.') || '(all)'}: ${message}`, at: { file } }),
    ),
  );
}
