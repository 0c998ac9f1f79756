import type { scanFailure } from '../catalogue/scan';
import type { Explanations } from './explanation';

export const scanExplanations: Explanations<typeof scanFailure> = {
  SCANNER_MISSING: {
    means:
      'The scan found no Trivy, or no govulncheck although the policy names its database. It looks at PRISM_TRIVY or PRISM_GOVULNCHECK, then where `install-trivy` and `install-govulncheck` put them, then on PATH.',
    causes: [
      'It was never installed on this machine.',
      'PRISM_TRIVY or PRISM_GOVULNCHECK names a file that does not exist.',
    ],
    example: { what: 'Trivy is not installed' },
  },
  SCANNER_REFUSED: {
    means: 'The Trivy or the govulncheck that was found is not trusted.',
    causes: [
      'It is older than the oldest version that is supported.',
      'It is one of the malicious releases 0.69.4 to 0.69.6.',
      'Its digest is neither the pinned one nor listed in the policy under `scanners`.',
    ],
    example: { what: '/usr/local/bin/trivy is version 0.69.4, a malicious release' },
  },
  SCAN_ERROR: {
    means: 'The scanner gave no result that can be trusted. The image is then blocked, never clean.',
    causes: [
      'The scanner crashed, exceeded its time limit, or ended with a status other than 0.',
      'Its output does not have the expected form.',
      'It did not find what every scan of this kind must find (a canary).',
      'govulncheck read another database than the scan, or not all modules of a program.',
    ],
    example: { what: 'trivy printed a report of an unknown form', why: 'SchemaVersion: expected 2' },
  },
  SCAN_DATABASE_MISSING: {
    means: 'There is no vulnerability database in the directory that the scan uses.',
    causes: [
      'It was never downloaded; no target downloads it.',
      'PRISM_SCAN_DB or --db names another directory.',
      'The directory of `govulncheck` in the scan policy has no `index/modules.json`.',
    ],
    example: { what: '.prism/cache/trivy has no trivy.db' },
  },
  SCAN_DATABASE_INVALID: {
    means: 'The vulnerability database, or the EPSS or KEV file beside it, cannot be used.',
    causes: [
      'It is older than the policy allows (`maxDatabaseAgeDays`), or its date is in the future.',
      'A download was cut off.',
      'A Go database lacks an advisory that its indexes name, or its indexes lack an advisory.',
    ],
    example: { what: 'the database in .prism/cache/trivy is from 2026-01-02, 330 days ago' },
  },
  SCAN_POLICY_INVALID: {
    means:
      'A policy, a file with suppressions or an earlier report has a field or a value that is not allowed.',
    causes: ['A typing error in the name of a field.', 'An invalid date.'],
    example: { what: 'maxDatabaseAge: unknown field', at: { file: 'scan-policy.json', line: 2 } },
  },
};
