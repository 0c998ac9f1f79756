import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Reads } from '@prism-build/plan';
import { run } from '@prism-build/shell';
import { contextPaths, literalPart, readContextTree } from '../workspace/readContext';
import type { BuildOptions } from './options';

/**
 * Files that a step took from the context and that are in no key: Nx before 24 hashes nothing that git ignores,
 * whatever the inputs say. What was made of them must not be cached, since nobody would see them change.
 */
export async function listUnhashed(root: string, options: BuildOptions, reads: Reads): Promise<string[]> {
  const { version } = require('nx/package.json') as { version: string };
  if (Number.parseInt(version, 10) >= 24 || options.context.startsWith('..')) return [];
  const { containerfile, context, step } = options;
  const { compile, image } = reads;
  const ofImage = image.ok ? image.value.sources : [];
  const ofCompile = compile.kind === 'recognised' ? compile.sources : [];
  const paths = contextPaths(step === 'compile' ? ofCompile : ofImage);
  if (paths.length === 0) return [];
  const ignored = await listIgnored(
    root,
    paths.map((path) => join(context, literalPart(path))),
  );
  if (ignored.length === 0) return [];
  const tree = readContextTree(root, containerfile, context, paths);
  if (!tree.ok) return [];
  const taken = [...tree.value].flatMap(([path, { type }]) =>
    type === 'directory' ? [] : [join(context, path)],
  );
  return taken.filter((path) =>
    ignored.some((one) => (one.endsWith('/') ? path.startsWith(one) : path === one)),
  );
}

/** What git, and .nxignore, ignore below some paths; a directory that is ignored as a whole ends with a slash. */
async function listIgnored(root: string, paths: readonly string[]): Promise<string[]> {
  const nxignore = existsSync(join(root, '.nxignore')) ? ['--exclude-from=.nxignore'] : [];
  const listed = await run({
    argv: [
      ...(['git', '--literal-pathspecs', 'ls-files', '-z', '--ignored', '--cached', '--others'] as const),
      ...['--directory', '--exclude-standard', ...nxignore, '--', ...new Set(paths)],
    ],
    cwd: root,
  });
  // Without git nobody ignores anything.
  return listed.ok ? listed.value.stdout.split('\0').filter(Boolean) : [];
}
