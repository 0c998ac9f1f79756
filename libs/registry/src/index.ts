export { describeFailure } from './failures';
export {
  describeLockChanges,
  encodeImagesLock,
  findManifest,
  type ImagesLock,
  type LockedImage,
  type LockedPlatform,
  lockedBase,
  parseImagesLock,
} from './imagesLock';
export { lockImage } from './lockImage';
export { imagesLockPath } from './names';
export { formatReference, parseReference, type Reference } from './reference';
export { fetchLayers, type RegistryTools } from './registry';
