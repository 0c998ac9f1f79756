export { describeFailure } from './failures';
export {
  describeLockChanges,
  encodeImagesLock,
  findManifest,
  type ImagesLock,
  lockedBase,
  parseImagesLock,
} from './imagesLock';
export { type InspectedImage, inspectImage } from './inspectImage';
export { lockImage } from './lockImage';
export { imagesLockPath } from './names';
export { signatureTag } from './promote/attachments';
export { copyAttachments, type Side } from './promote/copyAttachments';
export { copyReferrers } from './promote/copyReferrers';
export { isMissing, readManifest } from './push/callSkopeo';
export { credentialVariables } from './push/credentials';
export { type Destination, parseDestination } from './push/destination';
export { judgePush, type ScanVerdict } from './push/gate';
export { type PushPlan, planPush } from './push/planPush';
export { type Connection, mayUseHttp, type PushCalls, promoteCalls, pushCalls } from './push/pushCalls';
export { describePushFailure } from './push/pushFailures';
export { type Pushed, pushImage } from './push/pushImage';
export {
  encodeReceipt,
  type GateRecord,
  makeReceipt,
  makeReceiptSchema,
  parseReceipt,
  type Receipt,
  type SignedRecord,
} from './push/receipt';
export { type Patience, withRetries } from './push/retry';
export { type Base, listLocked, parseRevoked, type Revoked } from './push/revoked';
export { listPlaceholders, makeTags, type TagFacts } from './push/tags';
export { withCredentials } from './push/withCredentials';
export { readIndex } from './readIndex';
export { atDigest, formatReference, parseReference, type Reference } from './reference';
export { pullLayers, type RegistryTools } from './registry';
export {
  planRetention,
  type RetentionPlan,
  type RetentionRules,
  type StoredManifest,
} from './retention/planRetention';
export { type RepositoryTools, readRepository } from './retention/readRepository';
export { removeManifests } from './retention/removeManifests';
export { retentionCalls } from './retention/retentionCalls';
