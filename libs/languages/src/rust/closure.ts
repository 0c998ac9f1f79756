import { parentOf } from '@prism-build/containerfile';
import {
  below,
  Collector,
  joinInside,
  type Reading,
  type ReadingRequest,
  type SourceReader,
  upwards,
} from '../closure';
import { tableOf, textOf } from '../toml';
import { type Configuration, readConfigurations } from './configuration';
import { addCrate, addPlaceholders, scriptOf } from './crate';
import { type Crates, checkMacro, checkScript } from './hostCode';
import { parseCargoLock } from './lockFile';
import { findReader } from './macros';
import { type Dependency, type Manifest, parseManifest } from './manifest';
import { findStagePaths } from './stagePaths';

/**
 * What cargo and rustc read of a tree: all manifests of the workspace and its lock, and the sources of the package
 * and its path dependencies. For members that the package does not use, only the manifest counts: cargo checks that
 * their sources exist, without reading them.
 */
export function readRustClosure(request: ReadingRequest, reader: SourceReader): Reading {
  return walkCrates(request, reader).reading;
}

/** A walk over the crates of a compile. */
interface Walk {
  readonly reading: Reading;
  /** The files of build scripts and macros of the tree: code that runs on the machine that compiles. */
  readonly host: readonly string[];
  /** The directories of the compiled crates. */
  readonly crates: readonly string[];
}

export function walkCrates(
  { recognised, working, targets, environment }: ReadingRequest,
  reader: SourceReader,
): Walk {
  const host = new Set<string>();
  const unknown = (why: string): Walk => ({ reading: { why }, host: [], crates: [] });
  const out = new Collector();
  const manifests = new Map<string, Manifest>();
  const read = (directory: string): Manifest | undefined => {
    const known = manifests.get(directory);
    if (known) return known;
    const path = below(directory, 'Cargo.toml');
    const manifest = reader.facts(path, 'Cargo.toml', parseManifest);
    if (manifest === null) out.giveUp(`${path} is not TOML`);
    if (!manifest) return undefined;
    out.add({ kind: 'file', path });
    manifests.set(directory, manifest);
    return manifest;
  };
  const own = read(working);
  if (!own) return unknown(`there is no ${below(working, 'Cargo.toml')} that can be read`);
  const root = findRoot(working, own, reader);
  const workspace = read(root);
  out.add({ kind: 'file', path: below(root, 'Cargo.lock') });
  for (const directory of upwards(working)) addSettings(directory, reader, out);
  const configured = readSettings(working, reader);
  for (const path of configured.sources) out.add({ kind: 'tree', path });

  const pathsOf = (
    directory: string,
    manifest: Manifest,
    wanted: (kind: Dependency['kind']) => boolean,
  ): string[] =>
    manifest.dependencies
      .filter(({ kind }) => wanted(kind))
      .flatMap(({ name, path, inherits }) => {
        const inherited = inherits ? workspace?.inherited[name] : undefined;
        const [base, target] = inherited === undefined ? [directory, path] : [root, inherited];
        return target === undefined ? [] : (joinInside(base, target) ?? []);
      });
  // Manifests first: those of the whole workspace, and of everything that they name by path.
  const members = [
    ...(workspace?.members ?? []).flatMap((one) => expandMember(root, one, reader)),
    root,
    working,
  ];
  const patched = [
    ...(workspace?.patches ?? []).flatMap((path) => joinInside(root, path) ?? []),
    ...configured.patches,
  ];
  const all = new Set([...members, ...patched]);
  for (const directory of all) {
    const manifest = read(directory);
    for (const path of manifest ? pathsOf(directory, manifest, () => true) : []) all.add(path);
  }
  const main = [...manifests].find(([, { name }]) => name === recognised.flags.package)?.[0];
  if (main === undefined)
    return unknown(`no Cargo.toml that COPY brought is that of ${recognised.flags.package}`);
  const compiled = (kind: Dependency['kind']) => kind !== 'development';
  const tree: Crates = {
    manifestOf: read,
    pathsOf: (directory, manifest, kind) =>
      pathsOf(directory, manifest, kind === 'build' ? (one) => one === 'build' : compiled),
  };
  const crates = new Set([main, ...patched]);
  for (const directory of crates) {
    const manifest = read(directory);
    if (!manifest) continue;
    addCrate(directory, manifest, reader, out);
    const script = scriptOf(directory, manifest, reader);
    const ofScript =
      script === undefined ? [] : checkScript({ directory, script, manifest }, tree, reader, out);
    const ofMacro = manifest.macro ? checkMacro(directory, tree, reader, out) : [];
    for (const path of [...ofScript, ...ofMacro]) host.add(path);
    if ((manifest.macro || script !== undefined) && configured.namesPaths)
      out.giveUp('the configuration of cargo gives build scripts and macros a path');
    for (const path of pathsOf(directory, manifest, compiled)) {
      crates.add(path);
      out.use(below(directory, 'Cargo.toml'), path);
    }
  }
  // The check refuses paths that exist in the tree, so the tree must be whole.
  const [named] = findStagePaths([...host], targets.map(environment), reader);
  if (named) out.giveUp(`${named.path} names ${named.place}, which may be outside of its crate`);
  const needed = [...crates].flatMap((directory) => read(directory)?.needs ?? []);
  const macro = findReader(
    needed,
    reader.facts(below(root, 'Cargo.lock'), 'Cargo.lock', parseCargoLock) ?? {},
  );
  if (macro !== undefined) out.giveUp(`${macro} is a macro that may read any file`);
  for (const [directory, manifest] of manifests)
    addPlaceholders(directory, manifest, crates.has(directory), out);
  return { reading: out.finish(), host: [...host], crates: [...crates] };
}

/** The directory of the workspace that a package belongs to, or its own directory. */
function findRoot(working: string, own: Manifest, reader: SourceReader): string {
  if (own.members) return working;
  if (own.belongsTo !== undefined) return joinInside(working, own.belongsTo) ?? working;
  const above = upwards(parentOf(working)).filter(() => working !== '');
  const isRoot = (directory: string) =>
    reader.facts(below(directory, 'Cargo.toml'), 'Cargo.toml', parseManifest)?.members !== undefined;
  return above.find(isRoot) ?? working;
}

/** Files beside or above a manifest that select cargo's configuration and the compiler. */
function addSettings(directory: string, reader: SourceReader, out: Collector): void {
  const place = below(directory, '.cargo');
  for (const { name } of reader.list(place))
    if (name === 'config' || name === 'config.toml') out.add({ kind: 'file', path: below(place, name) });
  for (const { name } of reader.list(directory))
    if (name === 'rust-toolchain' || name === 'rust-toolchain.toml')
      out.add({ kind: 'file', path: below(directory, name) });
}

/** What the configuration files make cargo read of the tree: directories that replace registries, and patches. */
function readSettings(working: string, reader: SourceReader) {
  const text = (path: string) => reader.facts(path, 'text', (content) => content);
  const configurations = readConfigurations(working, text);
  // Paths in a configuration are relative to the directory that holds .cargo.
  const inTree = ({ path }: Configuration, target: unknown) => {
    const one = textOf(target);
    const place = one === undefined ? undefined : joinInside(parentOf(parentOf(path)), one);
    return place === undefined ? [] : [place];
  };
  return {
    sources: configurations.flatMap((one) =>
      Object.values(tableOf(one.table.source)).flatMap((source) => inTree(one, tableOf(source).directory)),
    ),
    /** Whether a variable of `[env]` is a path of the tree. */
    namesPaths: configurations.some(({ table }) =>
      Object.values(tableOf(table.env)).some(
        (one) =>
          tableOf(one).relative === true || /^\//.test(textOf(one) ?? textOf(tableOf(one).value) ?? ''),
      ),
    ),
    patches: configurations.flatMap((one) =>
      Object.values(tableOf(one.table.patch)).flatMap((source) =>
        Object.values(tableOf(source)).flatMap((patch) => inTree(one, tableOf(patch).path)),
      ),
    ),
  };
}

/** The directories that an entry of `members` matches, such as `crates/*`. */
function expandMember(root: string, member: string, reader: SourceReader): string[] {
  let found = [root];
  for (const part of member.split('/').filter((one) => one !== '' && one !== '.')) {
    if (part === '..') found = found.flatMap((directory) => joinInside(directory, '..') ?? []);
    else if (!/[*?[]/.test(part)) found = found.map((directory) => below(directory, part));
    else
      found = found.flatMap((directory) =>
        reader.list(directory).flatMap((entry) => (entry.directory ? [below(directory, entry.name)] : [])),
      );
  }
  return found;
}
