import { defineCatalogue } from '../define';

const RUN_AGAIN = 'Run the target again; if it fails again, run the command by hand and read its output.';

/** Failures of scans. A scan that fails never counts as clean. */
export const scanFailure = defineCatalogue({
  SCANNER_MISSING: {
    remedy:
      'Run `sh node_modules/prism/install-trivy` (Linux amd64; elsewhere see https://trivy.dev), or name a binary in PRISM_TRIVY; node_modules/prism/docs/scanning.md lists the versions.',
  },
  SCANNER_REFUSED: {
    remedy:
      'Install a version that node_modules/prism/docs/scanning.md lists, or name another binary in PRISM_TRIVY.',
  },
  SCAN_ERROR: { remedy: RUN_AGAIN },
  SCAN_DATABASE_MISSING: {
    remedy:
      'Download it with `trivy image --download-db-only --cache-dir .prism/cache/trivy`, or name a directory with trivy.db and metadata.json in PRISM_SCAN_DB or --db.',
  },
  SCAN_DATABASE_INVALID: {
    remedy:
      'Download it again with `trivy image --download-db-only --cache-dir .prism/cache/trivy`; remove a damaged directory first.',
  },
  SCAN_POLICY_INVALID: {
    remedy: 'Correct the value; node_modules/prism/docs/scanning.md lists what a policy may have.',
  },
});
