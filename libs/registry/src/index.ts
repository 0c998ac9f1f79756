export { describeFailure } from './failures';
export {
  describeLockChanges,
  encodeImagesLock,
  findManifest,
  type ImagesLock,
  lockedBase,
  parseImagesLock,
} from './imagesLock';
export { lockImage } from './lockImage';
export { imagesLockPath } from './names';
export { formatReference, parseReference, type Reference } from './reference';
export { pullLayers, type RegistryTools } from './registry';
