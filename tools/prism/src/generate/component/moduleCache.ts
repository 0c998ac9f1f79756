import * as fs from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { LocalModule } from './goPackages';
import type { Sources } from './program';

/** The workspace's files together with files of modules that the machine has fetched, by absolute paths. */
export function withDisk(sources: Sources): Sources {
  return {
    read: (path) => (path.startsWith('/') ? readFile(path) : sources.read(path)),
    list: (directory) => (directory.startsWith('/') ? listFiles(directory) : sources.list(directory)),
  };
}

/** The modules of a go.mod that Go or Prism Build has fetched on this machine. */
export function findFetched(
  requires: ReadonlyMap<string, string>,
  roots: readonly string[] = cacheRoots(),
): LocalModule[] {
  return [...requires].flatMap(([path, version]) => {
    const escaped = `${path}@${version}`.replace(/[A-Z]/g, (letter) => `!${letter.toLowerCase()}`);
    const directory = roots.map((root) => join(root, escaped)).find((one) => fs.existsSync(one));
    return directory === undefined ? [] : [{ path, directory }];
  });
}

function cacheRoots(): string[] {
  const { GOMODCACHE, GOPATH, PRISM_CACHE_DIR = '.prism/cache' } = process.env;
  return [
    GOMODCACHE,
    join(GOPATH?.split(':')[0] ?? join(homedir(), 'go'), 'pkg', 'mod'),
    join(PRISM_CACHE_DIR, 'gomod'),
  ].filter((root) => root !== undefined && root !== '') as string[];
}

function readFile(path: string): string | undefined {
  try {
    return fs.readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

/** The files directly in a directory, which are the files of a package. */
function listFiles(directory: string): string[] {
  try {
    const entries = fs.readdirSync(directory, { withFileTypes: true });
    return entries.flatMap((one) => (one.isFile() ? [join(directory, one.name)] : [])).sort();
  } catch {
    return [];
  }
}
