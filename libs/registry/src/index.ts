export { describeFailure } from './failures';
export {
  describeLockChanges,
  encodeImagesLock,
  findManifest,
  type ImagesLock,
  lockedBase,
  parseImagesLock,
} from './imagesLock';
export { inspectImage } from './inspectImage';
export { lockImage } from './lockImage';
export { imagesLockPath } from './names';
export { parseDestination } from './push/destination';
export { judgePush, type ScanVerdict } from './push/gate';
export { type PushPlan, planPush } from './push/planPush';
export { type Connection, pushCalls } from './push/pushCalls';
export { type Pushed, pushImage } from './push/pushImage';
export {
  encodeReceipt,
  type GateRecord,
  makeReceipt,
  makeReceiptSchema,
  parseReceipt,
  type Receipt,
} from './push/receipt';
export { listPlaceholders, makeTags, type TagFacts } from './push/tags';
export { withCredentials } from './push/withCredentials';
export { atDigest, formatReference, parseReference, type Reference } from './reference';
export { pullLayers, type RegistryTools } from './registry';
