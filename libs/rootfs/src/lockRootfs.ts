import { all, failed, ok, type Result, rootfsFailure } from '@prism-build/errors';
import { type ContentStore, digestOf, putBlob } from '@prism-build/oci';
import { type Resolver, resolvePackages } from './apt/resolve';
import { download } from './fetch/download';
import { findModuleProxies } from './fetch/modules';
import { namedMirrors } from './fetch/sources';
import { type LockedArchitecture, type LockedArchive, type RootfsLock, requestDigest } from './lock';
import type { Rootfs, RootfsArchive } from './schema';
import { archiveAddresses, archiveName, type Surroundings } from './wanted';

/** The limit for an archive whose size is not locked yet: 2 GiB, more than any toolchain. */
const largestArchive = 2 ** 31;

interface Locking extends Surroundings {
  readonly rootfs: Rootfs;
  /** Where apt keeps its own state. */
  readonly directory: string;
  readonly store: ContentStore;
}

/**
 * Resolves a rootfs to the current versions, for all its architectures. Only this needs apt (for packages) and the
 * network. Archives are fetched to compute their digests.
 */
export async function lockRootfs(locking: Locking): Promise<Result<RootfsLock>> {
  const { rootfs } = locking;
  const architectures: Record<string, LockedArchitecture> = {};
  for (const architecture of rootfs.architectures) {
    const locked = await lockArchitecture(locking, architecture);
    if (!locked.ok) return locked;
    architectures[architecture] = locked.value;
  }
  return ok({ schemaVersion: 1, request: requestDigest(rootfs), architectures });
}

async function lockArchitecture(locking: Locking, architecture: string): Promise<Result<LockedArchitecture>> {
  const { rootfs, run, env, directory } = locking;
  const resolver: Resolver = { run, directory, mirrors: namedMirrors(env).mirrors };
  const packages = await resolvePackages(rootfs, architecture, resolver);
  if (!packages.ok) return packages;
  const archives: Result<LockedArchive>[] = [];
  for (const archive of rootfs.archives) archives.push(await lockArchive(locking, archive, architecture));
  const locked = all(archives);
  return locked.ok ? ok({ packages: packages.value, archives: locked.value }) : locked;
}

async function lockArchive(
  { env, run, store }: Locking,
  archive: RootfsArchive,
  architecture: string,
): Promise<Result<LockedArchive>> {
  const addresses = await archiveAddresses(archive, architecture, () => findModuleProxies(env, run));
  if (!addresses.ok) return addresses;
  const name = archiveName(archive, architecture);
  const causes: string[] = [];
  for (const address of addresses.value) {
    const got = await download(address, largestArchive);
    if (got.outcome === 'read') {
      const put = await putBlob(store, 'application/octet-stream', got.bytes);
      return put.ok ? ok({ name, size: got.bytes.length, digest: digestOf(got.bytes) }) : put;
    }
    causes.push(got.why);
  }
  const what = `cannot fetch ${name} to lock it`;
  return failed(rootfsFailure('PACKAGE_NOT_FETCHED', { what, why: causes.join('\n') }));
}
