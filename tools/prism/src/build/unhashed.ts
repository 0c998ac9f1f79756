import { join } from 'node:path';
import { readTextIfThere, run } from '@prism-build/shell';
import { openGitIgnore } from '../inference/outputs/gitIgnore';
import { readComponent } from '../inference/read/component';
import { valuesOf } from '../workspace/buildArgs';
import { readBelow, readContextTree } from '../workspace/readContext';
import type { BuildOptions } from './options';
import { hasRootfs } from './rootfs';

/**
 * Files that a step took from the context and that are in no key: Nx before 24 hashes nothing that git ignores,
 * whatever the inputs say. What was made of them must not be cached, since nobody would see them change.
 */
export async function listUnhashed(root: string, options: BuildOptions): Promise<string[]> {
  const { version } = require('nx/package.json') as { version: string };
  if (Number.parseInt(version, 10) >= 24 || options.context.startsWith('..')) return [];
  const { containerfile, context, platforms, buildArgs, step } = options;
  const component = readComponent(readTextIfThere(join(root, containerfile)) ?? '', containerfile, {
    platforms,
    buildArgs: valuesOf(buildArgs, process.env),
    target: options.stage,
    contexts: hasRootfs(root, containerfile) ? ['rootfs'] : [],
  });
  if (!component.ok) return [];
  const sources = (step === 'compile' ? component.value.compile?.sources : component.value.image) ?? [];
  const paths = sources.flatMap((source) => (source.kind === 'path' ? [source.path] : []));
  if (paths.length === 0) return [];
  const read = { from: { kind: 'context' as const }, sources: paths };
  const tree = readContextTree(root, containerfile, context, [read]);
  if (!tree.ok) return [];
  const taken = [...tree.value].flatMap(([path, { type }]) =>
    type === 'directory' ? [] : [join(context, path)],
  );
  const ignored = await listIgnored(root, taken);
  return taken.filter((path) => ignored.has(path));
}

/** Those of some files that git, or .nxignore, ignores, be they tracked or not. */
async function listIgnored(root: string, paths: readonly string[]): Promise<ReadonlySet<string>> {
  const isIgnored = openGitIgnore(readBelow(root));
  const listed = await run({
    argv: ['git', 'check-ignore', '--no-index', '-z', '--stdin'],
    cwd: root,
    input: paths.join('\0'),
  });
  // Without git, and where it ignores nothing, the files that say so decide alone.
  const byGit = listed.ok ? listed.value.stdout.split('\0') : [];
  return new Set([...byGit, ...paths.filter(isIgnored)]);
}
