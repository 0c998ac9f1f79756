import { join } from 'node:path';
import type { BuildOptions } from '@prism-build/builder';
import type { Reads } from '@prism-build/plan';
import { run } from '@prism-build/shell';
import { contextPaths, openGitIgnore, readBelow, readContextTree } from '@prism-build/workspace';
import { readSources } from './readSources';

/**
 * Files that a step took from the context and that are in no key: Nx before 24 never hashes files that git ignores. A
 * result made from them must not be cached, because a change of those files would not change the key.
 */
export async function listUnhashed(root: string, options: BuildOptions, reads: Reads): Promise<string[]> {
  const { version } = require('nx/package.json') as { version: string };
  if (Number.parseInt(version, 10) >= 24 || options.context.startsWith('..')) return [];
  const { containerfile, context, step } = options;
  const paths = contextPaths(readSources(reads, step));
  if (paths.length === 0) return [];
  const tree = readContextTree(root, containerfile, context, paths);
  if (!tree.ok) return [];
  const taken = [...tree.value].flatMap(([path, { type }]) =>
    type === 'directory' ? [] : [join(context, path)],
  );
  const ignored = await listIgnored(root, taken);
  return taken.filter((path) => ignored.has(path));
}

/** The paths that git or .nxignore ignores, tracked or not. */
async function listIgnored(root: string, paths: readonly string[]): Promise<ReadonlySet<string>> {
  const isIgnored = openGitIgnore(readBelow(root));
  const listed = await run({
    argv: ['git', 'check-ignore', '--no-index', '-z', '--stdin'],
    cwd: root,
    input: paths.join('\0'),
  });
  // If git is missing or ignores nothing, only the ignore files themselves decide.
  const byGit = listed.ok ? listed.value.stdout.split('\0') : [];
  return new Set([...byGit, ...paths.filter(isIgnored)]);
}
