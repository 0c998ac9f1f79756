import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type BuilderStore, podmanBuilder } from '@prism-build/engine';
import { engineFailure, type Failure, failed, ok, type Result, shellFailure } from '@prism-build/errors';
import {
  attempt,
  type Command,
  type Run,
  readTextIfThere,
  withLock,
  writeFileAtomic,
} from '@prism-build/shell';
import { type Directories, lockPath } from '@prism-build/workspace';
import { engineRun } from '../engine';
import { isDiskFull } from './isDiskFull';

/** Number of images that stay in a store, so that later commands need not load them again. */
const imagesToKeep = 24;
const imagesAtMost = 48;

/** The private image store of one platform, locked by this process. */
export interface OpenStore {
  readonly store: BuilderStore;
  /** The store's directory, in which `call` runs commands. */
  readonly directory: string;
  readonly call: Run;
  /** IDs of the images that should be in the store, least recently used first. */
  readonly images: string[];
}

/** Name of a store: one for each platform and user, because users cannot read each other's files. */
export function storeName(platform: string): string {
  return `${process.getuid?.() ?? 0}-${platform.replaceAll('/', '-')}`;
}

/**
 * Runs `work` with the store of a platform, under a lock. Each platform has its own store, so platforms do not affect
 * each other and build at once. Podman has locks of its own, but they fail with many writers (podman issue 19824).
 * First removes what an interrupted build left; afterwards removes the least recently used images.
 */
export async function withBuilderStore<T>(
  directories: Directories,
  platform: string,
  work: (open: OpenStore) => Promise<Result<T>>,
): Promise<Result<T>> {
  const name = storeName(platform);
  const directory = join(directories.prism, 'containers', name);
  const hold = async (): Promise<Result<T>> => {
    const temporary = join(directory, 'tmp');
    mkdirSync(temporary, { recursive: true });
    forgetOtherBoots(directory);
    const driver = await findDriver(directories, directory);
    if (!driver.ok) return driver;
    // Podman accepts at most 50 characters in an absolute path for `run`, so the path is relative.
    const store = { root: join(directory, 'root'), runroot: 'run', driver: driver.value };
    // Podman puts cache mounts and large temporary files below TMPDIR; this one belongs to this user and workspace.
    const start = engineRun(directories, { TMPDIR: temporary });
    const call: Run = (command) => start({ ...command, cwd: directory });
    const open = { store, directory, call, images: readImages(directory) };
    const marker = join(directory, 'interrupted');
    if (existsSync(marker)) {
      const cleaned = await removeLeftovers(open);
      if (!cleaned.ok) return cleaned;
    }
    writeFileSync(marker, '');
    const done = await work(open);
    const bounded = await removeOldImages(open);
    if (!bounded.ok) return bounded;
    if (done.ok) rmSync(marker);
    return done;
  };
  return withLock(lockPath(directories, `containers-${name}`), async () => {
    const held = await attempt(`cannot work in ${directory}`, hold);
    return held.ok ? held.value : held;
  });
}

/** The storage driver of the user's own store, by setting or by default. A store keeps its first driver. */
async function findDriver(directories: Directories, directory: string): Promise<Result<string>> {
  const file = join(directory, 'driver');
  const kept = readTextIfThere(file);
  if (kept) return ok(kept);
  const asked = await callEngine(engineRun(directories), { argv: podmanBuilder.driver() });
  if (asked.ok) writeFileAtomic(file, asked.value.trim());
  return asked.ok ? ok(asked.value.trim()) : asked;
}

/** Removes Podman's records of mounts if the machine was restarted: they are invalid then. */
function forgetOtherBoots(directory: string): void {
  const boot = readTextIfThere('/proc/sys/kernel/random/boot_id') ?? '';
  if (readTextIfThere(join(directory, 'boot')) === boot) return;
  rmSync(join(directory, 'run'), { recursive: true, force: true });
  writeFileSync(join(directory, 'boot'), boot);
}

/** Marks an image as most recently used. */
export function noteImage({ directory, images }: OpenStore, id: string): void {
  const at = images.indexOf(id);
  if (at >= 0) images.splice(at, 1);
  images.push(id);
  writeFileAtomic(join(directory, 'images.json'), JSON.stringify(images));
}

export async function callEngine(call: Run, command: Command): Promise<Result<string>> {
  const done = await call(command);
  return done.ok ? ok(done.value.stdout) : failed(...done.failures.map(explain));
}

/** After a stop signal, Podman exits with status 0, without output or result (libpod's shutdown handler). */
export function endedEarly(verb: string): Result<never> {
  return failed(engineFailure('ENGINE_FAILED', { what: `podman ${verb} ended before its work was done` }));
}

function explain(failure: Failure): Failure {
  if (failure.code !== 'COMMAND_FAILED') return failure;
  const { what, why } = failure;
  if (isDiskFull(why ?? ''))
    return shellFailure('DISK_FULL', { what: 'the disk is full: the engine could not write', why });
  return engineFailure('ENGINE_FAILED', { what, why });
}

async function removeLeftovers(open: OpenStore): Promise<Result<void>> {
  const { store, call, directory } = open;
  rmSync(join(directory, 'calls'), { recursive: true, force: true });
  const listed = await callEngine(call, { argv: podmanBuilder.listContainers(store) });
  if (!listed.ok) return listed;
  const ids = listed.value.split('\n').filter(Boolean);
  if (ids.length === 0) return ok(undefined);
  const removed = await callEngine(call, { argv: podmanBuilder.removeContainers(store, ids) });
  return removed.ok ? ok(undefined) : removed;
}

async function removeOldImages({ store, call, directory, images }: OpenStore): Promise<Result<void>> {
  if (images.length <= imagesAtMost) return ok(undefined);
  const old = images.splice(0, images.length - imagesToKeep);
  // An image may have been removed with its parent already; that is no failure.
  await call({ argv: podmanBuilder.removeImages(store, old) });
  writeFileAtomic(join(directory, 'images.json'), JSON.stringify(images));
  return ok(undefined);
}

/** Empty if the list cannot be parsed: images are then loaded again. */
function readImages(directory: string): string[] {
  try {
    const images: unknown = JSON.parse(readTextIfThere(join(directory, 'images.json')) ?? '[]');
    return Array.isArray(images) ? images.filter((one) => typeof one === 'string') : [];
  } catch {
    return [];
  }
}
