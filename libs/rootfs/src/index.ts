export { readDeb } from './deb/readDeb';
export { describeChanges } from './diff';
export { encodeLock, parseLock, type RootfsLock, readLock, requestDigest } from './lock';
export { lockRootfs } from './lockRootfs';
export { parseRootfs, type Rootfs } from './schema';
export { unpackRootfs } from './unpackRootfs';
export { debianArchitecture } from './wanted';
