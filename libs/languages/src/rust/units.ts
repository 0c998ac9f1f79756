import { parentOf } from '@prism-build/containerfile';
import { below, upwards } from '../closure';
import type { CompiledSources, UsedUnit } from '../language';
import { callOut } from './hostCode';
import { parseManifest } from './manifest';
import { parseMessages, parsePackageId } from './messages';

/**
 * All possible inputs of each crate's units, by package name. Cargo takes a unit for fresh if no source is newer, and
 * does not know what macros and build scripts read. So a unit is valid only for this content.
 *
 * A crate may read its own directory and all files that belong to no crate. It may read everything if one of its Rust
 * files leads out of it, or if the tree has a macro or build script and a Rust file that leads out of its crate. A path
 * with `..` leads out; where a macro or build script may execute it, so does a call that goes to a parent directory or
 * starts a program. A vendored crate reads its own directory.
 *
 * @param environments what the stage sets for each target. Those that are equal count once, so a compile for one platform
 * uses what one for all platforms made.
 */
export function listContents(
  sources: CompiledSources,
  environments: readonly object[],
): ReadonlyMap<string, string> {
  const crates = listCrates(sources);
  const lines = new Map<Crate | undefined, string[]>();
  for (const [path, digest] of [...sources.digests].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const owner = ownerOf(crates, path);
    lines.set(owner, [...(lines.get(owner) ?? []), `${path}\0${digest}`]);
  }
  const set = new Set(environments.map((one) => JSON.stringify(one)));
  const common = [...set, ...(lines.get(undefined) ?? [])];
  const all = [...lines].flatMap(([owner, some]) => (owner?.vendored ? [] : some));
  // A script or macro may call a library of the tree, and then it is the library that leads out.
  const everywhere =
    [...crates.values()].some(({ leads }) => leads) && [...crates.values()].some(({ runs }) => runs);
  const named = new Map<string, string[]>();
  for (const crate of crates.values()) {
    const own = lines.get(crate) ?? [];
    const outside = crate.leads || everywhere ? all : [];
    const content = crate.vendored ? own : [...common, ...own, ...outside];
    named.set(crate.name, [...(named.get(crate.name) ?? []), ...content]);
  }
  return new Map([...named].map(([name, content]) => [name, content.join('\n')]));
}

interface Crate {
  readonly name: string;
  readonly vendored: boolean;
  /** Whether it runs during compiles of other crates: a macro or a build script. */
  readonly runs: boolean;
  /** Whether one of its Rust files has a path that leads out of it. */
  readonly leads: boolean;
}

const writtenPath = /"[^"\n]*\.\.(?:[/\\][^"\n]*)?"/;

function listCrates({ digests, text }: CompiledSources): Map<string, Crate> {
  const found = new Map<string, Crate>();
  const leading = new Set<string>();
  const manifests = [...digests.keys()].filter((path) => /(^|\/)Cargo\.toml$/.test(path));
  for (const path of manifests) {
    const directory = parentOf(path);
    const manifest = parseManifest(text(path) ?? '');
    if (manifest?.name === undefined) continue;
    const vendored = digests.has(below(directory, '.cargo-checksum.json'));
    const script = manifest.build ?? digests.has(below(directory, 'build.rs'));
    const runs = !vendored && (manifest.macro || script !== false);
    found.set(directory, { name: manifest.name, vendored, runs, leads: false });
  }
  // `pop()` is more often a vector's than a path's, so without code that runs in a compile it is no reason.
  const executes = [...found.values()].some(({ runs }) => runs);
  const leadsOut = (code: string) => writtenPath.test(code) || (executes && callOut.test(code));
  for (const path of digests.keys()) {
    const directory = path.endsWith('.rs') ? homeOf(found, path) : undefined;
    if (directory === undefined || leading.has(directory) || found.get(directory)!.vendored) continue;
    if (leadsOut(text(path) ?? '')) leading.add(directory);
  }
  return new Map([...found].map(([at, crate]) => [at, { ...crate, leads: leading.has(at) }]));
}

/** The directory of the crate that a file belongs to. */
function homeOf(crates: ReadonlyMap<string, Crate>, path: string): string | undefined {
  return upwards(parentOf(path)).find((directory) => crates.has(directory));
}

function ownerOf(crates: ReadonlyMap<string, Crate>, path: string): Crate | undefined {
  const home = homeOf(crates, path);
  return home === undefined ? undefined : crates.get(home);
}

/**
 * The units that cargo used, from its `--message-format=json` output.
 *
 * @param folderOf maps a directory of finished programs to its folder in the cache
 */
export function listUsedUnits(stdout: string, folderOf: (directory: string) => string): UsedUnit[] {
  return parseMessages(stdout).flatMap((message): UsedUnit[] => {
    const { reason, package_id: id = '', target, filenames = [], fresh, out_dir: out } = message;
    const unit = { package: parsePackageId(id).name, fresh: fresh ?? false };
    if (reason === 'build-script-executed') {
      const [, folder, hash] = inBuild.exec(`${out}/`) ?? [];
      return folder === undefined ? [] : [{ ...unit, folder, hash, kind: 'run-build-script' }];
    }
    if (reason !== 'compiler-artifact' || !target) return [];
    const [kind = ''] = target.kind;
    const found = filenames.map((path) => inDeps.exec(path) ?? inBuild.exec(path)).find(Boolean);
    if (found) return [{ ...unit, folder: found[1]!, hash: found[2], kind: '' }];
    const folder = folderOf(parentOf(filenames[0] ?? ''));
    return [{ ...unit, folder, kind: `${kind === 'bin' ? 'bin' : 'lib'}-${target.name}` }];
  });
}

const inDeps = /^(.*)\/deps\/[^/]*-([0-9a-f]{16})(?:\.\w+)?$/;
const inBuild = /^(.*)\/build\/[^/]*-([0-9a-f]{16})\//;
