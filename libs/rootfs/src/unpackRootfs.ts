import { spillTo, type Tree } from '@prism-build/assemble';
import { all, failed, type Result, rootfsFailure } from '@prism-build/errors';
import type { ContentStore } from '@prism-build/oci';
import { runPool } from '@prism-build/shell';
import { type Deb, readDeb } from './deb/readDeb';
import { fetchIntoStore, obtain } from './fetch/obtain';
import type { LockedPackage, RootfsLock } from './lock';
import type { Rootfs } from './schema';
import { buildTree } from './tree/buildTree';
import { readArchiveTree } from './tree/readArchive';
import { openPlaces, type Surroundings } from './wanted';

/** Parallel downloads: mirrors have many small files. */
const downloads = 6;

interface Unpacking extends Surroundings {
  readonly rootfs: Rootfs;
  readonly lock: RootfsLock;
  /** Debian's name. */
  readonly architecture: string;
  /** Holds fetched files, found by their digest. */
  readonly store: ContentStore;
  /** An empty directory for large contents, to be removed by the caller when the tree is no longer used. */
  readonly directory: string;
}

/**
 * The file system of a rootfs for one architecture: fetches missing files, verifies every byte against the lock, unpacks.
 * Needs neither root nor Debian; starts a process only to list apt's sources if a file is missing.
 */
export async function unpackRootfs(unpacking: Unpacking): Promise<Result<Tree>> {
  const { rootfs, lock, architecture, store } = unpacking;
  const locked = lock.architectures[architecture];
  if (!locked) {
    const what = `the lock has nothing for ${architecture}`;
    return failed(rootfsFailure('ROOTFS_ARCHITECTURE_UNLOCKED', { what }));
  }
  const places = openPlaces(rootfs.suite, unpacking);
  const packages = [...locked.packages].sort(byPriority).map(places.ofPackage);
  const archives = locked.archives.map((one, at) =>
    places.ofArchive(rootfs.archives[at]!, one, architecture),
  );
  // Reports every failure, so that one lock run can replace all missing packages.
  const fetched = all(
    await runPool([...packages, ...archives], downloads, (wanted) => fetchIntoStore(store, wanted)),
  );
  if (!fetched.ok) return fetched;
  const keep = spillTo(unpacking.directory);
  const debs: Deb[] = [];
  for (const wanted of packages) {
    const bytes = await obtain(store, wanted);
    const deb = bytes.ok ? await readDeb(bytes.value, wanted.label, keep) : bytes;
    if (!deb.ok) return deb;
    debs.push(deb.value);
  }
  const trees: Tree[] = [];
  for (const [at, wanted] of archives.entries()) {
    const bytes = await obtain(store, wanted);
    const tree = bytes.ok
      ? await readArchiveTree(rootfs.archives[at]!, wanted.label, bytes.value, keep)
      : bytes;
    if (!tree.ok) return tree;
    trees.push(tree.value);
  }
  return buildTree(rootfs, architecture, debs, trees);
}

/** base-files comes first, as in every installation, because it sets the modes of common directories. */
function byPriority(a: LockedPackage, b: LockedPackage): number {
  const key = ({ name, architecture }: LockedPackage) =>
    `${name === 'base-files' ? 0 : 1} ${name}:${architecture}`;
  return key(a) < key(b) ? -1 : 1;
}
