export type { Assessment, FailedScan, Finding, ImageFacts, Scanned } from './assessment';
export { type Decision, decide, type Reason } from './decide';
export {
  parseScanPolicy,
  type ScanPolicy,
  type Severity,
  type Suppression,
  scanPolicy,
  severities,
} from './scanPolicy';
