import { basename, dirname, join, normalize } from 'node:path/posix';
import { failed, generateFailure, ok, type Result } from '@prism-build/errors';
import { listPaths, type Manifest } from '@prism-build/languages';
import { readManifest } from './manifest';
import type { Sources } from './program';

/** The directory of Cargo.lock: the workspace of the package, or the package itself. */
export function findRoot(sources: Sources, directory: string): Result<string> {
  for (let at = directory; ; at = dirname(at)) {
    const text = sources.read(join(at, 'Cargo.toml'));
    const manifest = text === undefined ? undefined : readManifest(text, join(at, 'Cargo.toml'));
    if (manifest && !manifest.ok) return manifest;
    const own = manifest?.value;
    if (own?.members && (at === directory || listMembers(sources, at, own).includes(directory)))
      return ok(at);
    if (at === '.') return ok(directory);
  }
}

function listMembers(sources: Sources, root: string, manifest: Manifest): string[] {
  const excluded = manifest.excluded.map((path) => join(root, path));
  return (manifest.members ?? [])
    .flatMap((member) => {
      const path = join(root, member).replace(/\/$/, '');
      if (!path.endsWith('/*')) return [path];
      const parent = dirname(path);
      return sources
        .list(parent)
        .filter((file) => basename(file) === 'Cargo.toml' && dirname(dirname(file)) === parent)
        .map((file) => dirname(file));
    })
    .filter((member) => !excluded.includes(member));
}

/** The manifests to copy: cargo reads those of every member and of all their path dependencies. */
export function listCrates(sources: Sources, root: string, directory: string): Result<string[]> {
  const crates = new Set<string>();
  const queue = [root, directory];
  for (let at = queue.shift(); at !== undefined; at = queue.shift()) {
    if (crates.has(at)) continue;
    const file = join(at, 'Cargo.toml');
    const text = sources.read(file);
    if (text === undefined)
      return failed(
        generateFailure('PROGRAM_NOT_SUPPORTED', {
          what: `${at} is no crate of this workspace`,
          remedy: 'Bring it into the workspace, or take the path out of the manifest that names it.',
          at: { file },
        }),
      );
    const manifest = readManifest(text, file);
    if (!manifest.ok) return manifest;
    crates.add(at);
    queue.push(...listMembers(sources, at, manifest.value));
    queue.push(...listPaths(manifest.value).map((path) => normalize(join(at, path)).replace(/\/$/, '')));
  }
  const own = readManifest(sources.read(join(root, 'Cargo.toml'))!, join(root, 'Cargo.toml'));
  if (own.ok && own.value.name === undefined) crates.delete(root);
  return ok([...crates].sort());
}

interface Copied {
  readonly context: string;
  readonly workdir: string;
  readonly lines: readonly string[];
}

/** COPY lines for crates. A single crate is its own context; for others, the manifest and lock of the root are copied too. */
export function copyCrates(sources: Sources, root: string, crates: readonly string[]): Copied {
  const widened = crates.some((crate) => root !== '.' && crate !== root && !crate.startsWith(`${root}/`));
  if (!widened && root !== '.' && crates.length === 1 && crates[0] === root)
    return { context: root, workdir: '/src', lines: ['COPY . .'] };
  const context = widened ? '.' : root;
  const copy = (path: string) => {
    const inContext = context === '.' ? path : path.slice(context.length + 1);
    return `COPY ${inContext} ${join('/src', inContext)}`;
  };
  const lists = [
    ...['Cargo.toml', 'Cargo.lock', 'rust-toolchain', 'rust-toolchain.toml'],
    ...['.cargo/config', '.cargo/config.toml'],
  ];
  const parts = ['src', 'build.rs'].map((part) => join(root, part));
  const own = parts.filter((part) => sources.read(part) !== undefined || sources.list(part).length > 0);
  return {
    context,
    workdir: widened && root !== '.' ? `/src/${root}` : '/src',
    lines: [
      ...lists
        .map((file) => join(root, file))
        .filter((file) => sources.read(file) !== undefined)
        .map(copy),
      ...(crates.includes(root) ? own.map(copy) : []),
      ...crates.filter((crate) => crate !== root).map(copy),
    ],
  };
}
