export { adviseFix } from './adviseFix';
export type { Assessment, FailedScan, Finding, ImageFacts, Scanned, Secret } from './assessment';
export { type Decision, decide, type Reason } from './decide';
export { type FindingGroup, groupFindings } from './groupFindings';
export {
  parseScanPolicy,
  type ScanPolicy,
  type Severity,
  type Suppression,
  scanPolicy,
  severities,
} from './scanPolicy';
