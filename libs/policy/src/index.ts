export type { Assessment, FailedScan, FileFacts, Finding, ImageFacts, Scanned, Secret } from './assessment';
export { type Accepted, type Decision, decide, type Reason } from './decide';
export type { LicensedPackage } from './licenses';
export { type PolicySource, type ResolvedPolicy, resolvePolicy } from './policy/resolvePolicy';
export {
  defaultPolicy,
  type ImageRule,
  makePolicySchema,
  type PolicyFields,
  ruleNames,
  type ScanPolicy,
} from './policy/scanPolicy';
export { type ReportFormat, reportFormatNames, reportFormats } from './report/formats';
export { makeReport, printPolicy, type ReportInput } from './report/makeReport';
export { findOrigin, type LockFile, lockFileNames, type Origin } from './report/origin';
export { makeReportSchema, parseReport, type ScanReport } from './report/schema';
export { compareReports } from './report/since';
export type { Violation } from './rules/imageRules';
export { rankSeverity, type Severity, severities } from './severity';
export { readSuppressions, type SuppressionFile } from './suppressions/readSuppressions';
export type { Scope, Suppression } from './suppressions/suppression';
