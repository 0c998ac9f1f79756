import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Tree } from '@prism-build/assemble';
import type { Platform } from '@prism-build/containerfile';
import { failed, ok, type Result, rootfsFailure } from '@prism-build/errors';
import { openContentStore } from '@prism-build/oci';
import type { ImagePlan } from '@prism-build/plan';
import { attempt, readTextIfThere, run, sayIfLong } from '@prism-build/shell';
import type { Directories } from '@prism-build/workspace';

export const rootfsFile = 'rootfs.json';
export const rootfsLockFile = 'rootfs.lock.json';

/** A rootfs with its lock; nothing is fetched yet. */
export interface RootfsSource {
  /** Digest of description and lock, which determine its bytes. */
  readonly identity: string;
  /** Unpacks it for a platform. Writes large contents below `directory`. */
  readonly unpack: (platform: Platform, directory: string) => Promise<Result<Tree>>;
  /** A directory for unpacking; each platform gets one below it. */
  readonly directory: string;
}

interface Opening {
  readonly directories: Directories;
  readonly project: string;
}

/** Whether a rootfs.json is beside a Containerfile, whose path is relative to the workspace. */
export function hasRootfs(root: string, containerfile: string): boolean {
  return existsSync(join(root, dirname(containerfile), rootfsFile));
}

/** Reads description and lock. Fetching waits for `unpack`: a memo may make it unnecessary. */
export async function openRootfs(
  { directories, project }: Opening,
  { containerfile }: Pick<ImagePlan, 'containerfile'>,
): Promise<Result<RootfsSource>> {
  // Loaded only when needed: its archive readers take longer to load than all other libraries, and few images have a rootfs.
  const { debianArchitecture, parseLock, parseRootfs, unpackRootfs } = await import('@prism-build/rootfs');
  const file = join(dirname(containerfile), rootfsFile);
  const text = readTextIfThere(join(directories.root, file));
  if (text === undefined)
    return failed(rootfsFailure('ROOTFS_INVALID', { what: `there is no ${file}`, at: { file } }));
  const rootfs = parseRootfs(text, file);
  if (!rootfs.ok) return rootfs;
  const lockFile = join(dirname(containerfile), rootfsLockFile);
  const lock = parseLock(readTextIfThere(join(directories.root, lockFile)), lockFile, rootfs.value);
  if (!lock.ok) return naming(project, lock);
  const identity = createHash('sha256')
    .update(JSON.stringify([rootfs.value, lock.value]))
    .digest('hex');
  const unpack: RootfsSource['unpack'] = async (platform, directory) => {
    // Beside the compilers' caches, which clones may share.
    const store = await openContentStore(join(directories.cache, 'packages'));
    if (!store.ok) return store;
    const architecture = debianArchitecture(platform);
    const unpacked = await sayIfLong(`${project}: fetching and unpacking packages for ${architecture}`, () =>
      unpackRootfs({
        rootfs: rootfs.value,
        lock: lock.value,
        architecture,
        store: store.value,
        directory,
        env: process.env,
        run,
      }),
    );
    return naming(project, unpacked);
  };
  return ok({ identity, unpack, directory: join(directories.prism, 'work', project, 'rootfs') });
}

/** Unpacks the rootfs of a platform, runs `work` with it, and removes it. Without a source, only runs `work`. */
export async function withRootfs<T>(
  source: RootfsSource | undefined,
  platform: Platform,
  work: (tree: Tree | undefined) => Promise<Result<T>>,
): Promise<Result<T>> {
  if (!source) return work(undefined);
  const made = await attempt(`cannot make a directory below ${source.directory}`, () => {
    mkdirSync(source.directory, { recursive: true });
    sweepUnpacked(source.directory);
    return mkdtempSync(join(source.directory, `${process.pid}-`));
  });
  if (!made.ok) return made;
  try {
    const tree = await source.unpack(platform, made.value);
    return tree.ok ? await work(tree.value) : tree;
  } finally {
    rmSync(made.value, { recursive: true, force: true });
  }
}

/** Removes directories of processes that no longer run. */
function sweepUnpacked(directory: string): void {
  for (const name of readdirSync(directory)) {
    if (!isAlive(Number.parseInt(name, 10))) rmSync(join(directory, name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Fills in the project's name in the remedies of the catalogue. */
function naming<T>(project: string, result: Result<T>): Result<T> {
  if (result.ok) return result;
  const named = result.failures.map((failure) => ({
    ...failure,
    remedy: failure.remedy.replaceAll('--project=<name>', `--project=${project}`),
  }));
  return failed(...named);
}
