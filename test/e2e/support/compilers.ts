import { mkdirSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { which } from '../../support/needs';
import { run } from './run';
import { root } from './workspace';

/** The workspace's directory for compilers' caches. */
export const sharedCompilers = process.env.PRISM_CACHE_DIR ?? join(root, '.prism/cache');

/** The Go that the workspace's set-up fetched, or the one on PATH. */
export function findGo(): string {
  const modules = join(sharedCompilers, 'gomod/golang.org');
  const fetched = listDirectory(modules).findLast((name) => name.startsWith('toolchain@'));
  const found = fetched ? join(modules, fetched, 'bin/go') : which('go');
  if (!found) throw new Error('the end-to-end tests need Go; run tools/setup first');
  return found;
}

export const goDirectory = () => dirname(findGo());

/** Gives another cache what the workspace's fetched, and nothing that was compiled from it. */
export async function linkFetched(cache: string, parts: readonly string[]): Promise<void> {
  for (const part of parts) {
    mkdirSync(dirname(join(cache, part)), { recursive: true });
    await run(['cp', '-al', join(sharedCompilers, part), join(cache, part)]);
  }
}

function listDirectory(path: string): string[] {
  try {
    return readdirSync(path).sort();
  } catch {
    return [];
  }
}
