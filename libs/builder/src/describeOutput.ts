import * as fs from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { CompiledFile } from './compileManifest';
import { hashOnCores } from './packing';

const sync = promisify(fs.fsync);
/** Bytes below which the disk has a file sooner than somebody asks for it. */
const worthFlushing = 1024 * 1024;

/**
 * Has the disk write what a compiler left in a directory. It does so while the caller goes on, say with hashing the
 * same files; publishing them then waits for little.
 */
export async function flushOutput(directory: string): Promise<void> {
  const syncing = fs
    .readdirSync(directory, { withFileTypes: true, recursive: true })
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .filter((path) => fs.lstatSync(path).size > worthFlushing)
    .map(async (path) => {
      const file = fs.openSync(path, 'r');
      await sync(file).finally(() => fs.closeSync(file));
    });
  await Promise.all(syncing);
}

/** Describes what a compiler left in a directory; symbolic links are followed, since /out holds results, not links. */
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
  // In the order of the schema: what is written and what is read of it are compared as text.
  return { path, mode, size, digest };
}
