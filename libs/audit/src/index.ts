export { actorOf } from './actor';
export { appendRecords } from './append';
export { csvHeader, toCloudEvent, toCsv } from './formats';
export { findLastGood, listNamed, listReleases } from './lastGood';
export type { AuditEntry, AuditRecord, ChainEnd } from './record';
export { type Verified, verifyLog } from './verify';
