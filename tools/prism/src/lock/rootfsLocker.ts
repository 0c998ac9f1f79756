import { join } from 'node:path';
import { rootfsFile, rootfsLockFile } from '@prism-build/builder';
import { ok } from '@prism-build/errors';
import { openContentStore } from '@prism-build/oci';
import { describeChanges, encodeLock, lockRootfs, parseRootfs, readLock } from '@prism-build/rootfs';
import { readTextIfThere, run, withLock } from '@prism-build/shell';
import type { Locker } from './locker';

/** Packages and archives of rootfs.json, by apt and the module proxies. */
export const rootfsLocker: Locker = async ({ directories, root }) => {
  const file = join(root, rootfsFile);
  const text = readTextIfThere(join(directories.root, file));
  if (text === undefined) return ok(undefined);
  const rootfs = parseRootfs(text, file);
  if (!rootfs.ok) return rootfs;
  const store = await openContentStore(join(directories.cache, 'packages'));
  if (!store.ok) return store;
  const directory = join(directories.cache, 'apt');
  const locking = { rootfs: rootfs.value, directory, store: store.value, env: process.env, run };
  // One apt at a time for each state, which clones may share.
  const lock = await withLock(join(directories.cache, 'locks', 'apt.lock'), () => lockRootfs(locking));
  if (!lock.ok) return lock;
  const path = join(root, rootfsLockFile);
  const old = readTextIfThere(join(directories.root, path));
  // An unreadable lock is replaced; all entries of the new one count as added.
  const before = old === undefined ? undefined : readLock(old, path);
  const changes = describeChanges(before?.ok ? before.value : undefined, lock.value);
  return ok({ path, text: encodeLock(lock.value), changes });
};
