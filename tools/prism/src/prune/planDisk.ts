import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { isTemporary } from '@prism-build/shell';
import type { Directories } from '@prism-build/workspace';
import type { Keep } from './keep';
import { grace, planStore } from './planStore';
import { type Leftover, listFiles, listOutputs, readStore } from './readStore';

/** The projects of the workspace, as folders of dist. */
export interface Outputs {
  /** `proxy`, `proxy/debug`. */
  readonly images: ReadonlySet<string>;
  readonly compiled: ReadonlySet<string>;
  /** Names of all projects, with or without an image. */
  readonly projects: ReadonlySet<string>;
  /** Files that may lock bases of registries, workspace-relative. */
  readonly locks: readonly string[];
}

type DiskKind = 'blobs' | 'memos' | 'lists' | 'scans' | 'scratch' | 'outputs' | 'work';

/** Results of scans and measurements are small; databases that are older match nothing any more. Milliseconds. */
const scansAge = 30 * 24 * 3600 * 1000;

export interface DiskPlan {
  readonly removes: Readonly<Record<DiskKind, readonly Leftover[]>>;
  /** Of the store. */
  readonly keptBytes: number;
}

/** Plans which files to remove. Removes nothing itself, and never names files younger than the grace time. */
export async function planDisk(
  directories: Directories,
  outputs: Outputs,
  keep: Keep,
  now: number,
): Promise<DiskPlan> {
  const { root, prism, store } = directories;
  const gone = [
    ...(await listGone(join(root, 'dist', 'images'), 'digest.json', outputs.images)),
    ...(await listGone(join(root, 'dist', 'compile'), 'compile.json', outputs.compiled)),
  ].filter((one) => now - one.usedAt >= grace);
  const read = await readStore(directories, outputs.locks, now);
  const plan = planStore(read, keep);
  const blobs = join(store, 'blobs', 'sha256');
  const memos = new Set(plan.memos.map(({ file }) => file));
  const diffIDs = new Set([...read.namedDiffIDs, ...plan.keptMemos.flatMap((memo) => memo.diffIDs)]);
  const old = (one: Leftover) => now - one.usedAt >= grace;
  return {
    keptBytes: plan.keptBytes,
    removes: {
      blobs: plan.blobs.map(({ hex, size, usedAt }) => ({ path: join(blobs, hex), size, usedAt })),
      memos: listFiles(join(prism, 'images')).filter(({ path }) => memos.has(path)),
      lists: listFiles(join(prism, 'layers')).filter(
        (one) => old(one) && !diffIDs.has(basename(one.path, '.json')),
      ),
      scans: ['scans', 'bench']
        .flatMap((name) => listFiles(join(prism, name)))
        .filter(({ path, usedAt }) => path.endsWith('.json') && now - usedAt >= scansAge),
      scratch: [
        ...listFiles(join(prism, 'scans', 'scratch')),
        ...listFiles(join(prism, 'scratch')).filter(
          (one) => !isAlive(Number.parseInt(basename(one.path), 10)),
        ),
        ...listFiles(join(prism, 'pulls')),
        ...listFiles(blobs).filter(({ path }) => isTemporary(basename(path))),
      ].filter(old),
      outputs: gone,
      work: listWork(directories, outputs).filter(old),
    },
  };
}

async function listGone(directory: string, file: string, there: ReadonlySet<string>): Promise<Leftover[]> {
  const outputs = await listOutputs(directory, file);
  return (
    outputs
      .filter(({ path }) => !there.has(path))
      // Keeps a folder that contains the folder of an existing project.
      .filter(({ path }) => ![...there].some((one) => one.startsWith(`${path}/`)))
      .map((one) => ({ ...one, path: join(directory, one.path) }))
  );
}

/** Work trees of projects that no longer exist. None if other workspaces share the directory: their projects are unknown. */
function listWork({ root, prism }: Directories, { projects }: Outputs): Leftover[] {
  if (prism !== join(root, '.prism') || !existsSync(join(prism, 'work'))) return [];
  const scopes = new Set(
    [...projects].filter((name) => name.includes('/')).map((name) => name.split('/')[0]!),
  );
  return listFiles(join(prism, 'work')).filter(({ path }) => {
    const name = basename(path);
    return !projects.has(name) && !scopes.has(name);
  });
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
