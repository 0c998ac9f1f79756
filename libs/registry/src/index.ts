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
export { atDigest, formatReference, parseReference, type Reference } from './reference';
export { pullLayers, type RegistryTools } from './registry';
