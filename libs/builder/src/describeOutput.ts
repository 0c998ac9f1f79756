import * as fs from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { walkDirectory } from '@prism-build/shell';
import type { CompiledFile } from './compileManifest';
import { hashOnCores } from './packing';

const sync = promisify(fs.fsync);
/** Smaller files, in bytes, are written back fast enough without a request. */
const worthFlushing = 1024 * 1024;

/**
 * Starts write-back of a compiler's results early, so the later fsync is short. The caller can hash the same files
 * meanwhile.
 */
export async function flushOutput(directory: string): Promise<void> {
  const syncing = [...walkDirectory(directory)]
    .map(({ path }) => join(directory, path))
    .filter((path) => fs.lstatSync(path).size > worthFlushing)
    .map(async (path) => {
      const file = fs.openSync(path, 'r');
      await sync(file).finally(() => fs.closeSync(file));
    });
  await Promise.all(syncing);
}

/** Path, mode, size and digest of each file in a compiler's output directory. Follows symbolic links. */
export async function describeOutput(directory: string): Promise<CompiledFile[]> {
  const describing: Promise<CompiledFile>[] = [];
  const visit = (below: string): void => {
    for (const name of fs.readdirSync(join(directory, below)).sort()) {
      const path = below === '' ? name : `${below}/${name}`;
      const stat = fs.statSync(join(directory, path));
      if (stat.isDirectory()) visit(path);
      else describing.push(describeFile(directory, path, stat));
    }
  };
  if (fs.existsSync(directory)) visit('');
  return Promise.all(describing);
}

async function describeFile(directory: string, path: string, stat: fs.Stats): Promise<CompiledFile> {
  const mode = (stat.mode & 0o100) !== 0 ? '0755' : '0644';
  const { size, digest } = await hashOnCores(join(directory, path), stat.size);
  // Properties in the order of the schema, because manifests are compared as text.
  return { path, mode, size, digest };
}
