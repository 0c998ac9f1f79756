export { type Deb, readDeb } from './deb/readDeb';
export { describeChanges } from './diff';
export { encodeLock, lockSchema, parseLock, type RootfsLock, readLock, requestDigest } from './lock';
export { type Locking, lockRootfs } from './lockRootfs';
export { parseRootfs, type Rootfs, rootfsSchema } from './schema';
export { type Unpacking, unpackRootfs } from './unpackRootfs';
export { debianArchitecture } from './wanted';
