import {
  below,
  Collector,
  joinInside,
  type Reading,
  type ReadingRequest,
  type SourceReader,
} from '../closure';
import { usesCgo } from './cgoEnvironment';
import { constraintHolds, foreignEndings, nameFits } from './constraint';
import { addEmbed } from './embed';
import { findModules, type Module, type Modules } from './modules';
import { type GoFile, parseGoFile } from './sourceFile';

/** Files other than Go sources that the go command reads, or links unchanged. */
const otherSources = /\.(s|S|sx|h|hh|hpp|hxx|c|cc|cpp|cxx|m|f|F|for|f90|swig|swigcxx|syso)$/;

/** A package whose sources are in the tree. Without a module, it is in the vendor directory. */
export interface Package {
  readonly directory: string;
  readonly module: Module | undefined;
}

/** Results of a walk along the imports of the units. */
export interface Walk {
  readonly reading: Reading;
  readonly modules: Modules | undefined;
  readonly packages: readonly Package[];
  /** Import paths of packages outside of the tree: the standard library and fetched modules. */
  readonly elsewhere: readonly string[];
}

/**
 * What `go build` reads of a tree: the packages that the units import, with their assembly and embedded files, and
 * the module files. A file that its build constraint excludes counts too, because go opens it; its imports are not
 * followed.
 */
export function readGoClosure(request: ReadingRequest, reader: SourceReader): Reading {
  return walkPackages(request, reader).reading;
}

export const tagsOf = ({ flags }: ReadingRequest['recognised']): string[] =>
  (flags.tags ?? '').split(/[\s,]+/).filter(Boolean);

/** Follows the imports of the units to all packages in the tree. */
export function walkPackages(request: ReadingRequest, reader: SourceReader): Walk {
  const { recognised, targets, working } = request;
  const foreign = foreignEndings(targets);
  const out = new Collector(['_test.go', ...foreign]);
  const modules = findModules(working, reader, out);
  const seen = new Map<string, Package>();
  const elsewhere = new Set<string>();
  const end = (reading: Reading): Walk => ({
    reading,
    modules,
    packages: [...seen.values()],
    elsewhere: [...elsewhere].sort(),
  });
  if (!modules) return end({ why: 'COPY brought neither go.mod nor go.work' });
  const cgo = targets.some((target) => usesCgo(request.environment(target)));
  const tags = [...tagsOf(recognised), ...(cgo ? ['cgo'] : [])];
  const enter = (one: Package | undefined) => {
    if (one && !seen.has(one.directory)) seen.set(one.directory, one);
  };
  for (const unit of recognised.units) {
    const found = findUnit(unit, working, modules, reader);
    if (!found) return end({ why: `${unit} is not a package whose directory can be determined from files` });
    // The profile for profile-guided optimisation of a main package.
    out.add({ kind: 'file', path: below(found.directory, 'default.pgo') });
    enter(found);
  }
  addProfile(request, out);
  // Iterating a Map also visits the entries added during the loop.
  for (const one of seen.values()) {
    for (const [file, { imports, embeds }] of listGoFiles(one, reader, out, cgo, (name, build) =>
      targets.some(
        (target) =>
          nameFits(name, target) && (build === undefined || constraintHolds(build, target, tags) !== false),
      ),
    )) {
      for (const pattern of embeds) addEmbed(pattern, one.directory, reader, out);
      for (const path of imports) {
        const imported = findPackage(path, modules, reader);
        enter(imported);
        if (!imported) elsewhere.add(path);
        if (imported?.module && imported.module !== one.module) out.use(file, imported.module.directory);
      }
    }
    if (out.undecided) break;
  }
  return end(out.finish());
}

/** The profile that -pgo names. Without -pgo, each main package uses its own default.pgo. */
function addProfile({ recognised, working }: ReadingRequest, out: Collector): void {
  const { pgo = 'auto' } = recognised.flags;
  const path = pgo === 'auto' || pgo === 'off' ? undefined : joinInside(working, pgo);
  if (path !== undefined) out.add({ kind: 'file', path });
}

/** The Go files of a package that some target compiles. Adds every file that go opens to the closure. */
function listGoFiles(
  { directory }: Package,
  reader: SourceReader,
  out: Collector,
  cgo: boolean,
  fits: (name: string, build: string | undefined) => boolean,
): [string, GoFile][] {
  const files: [string, GoFile][] = [];
  out.add({ kind: 'files', path: directory, names: '*.go' });
  for (const { name, directory: isDirectory } of reader.list(directory)) {
    if (isDirectory || /^[._]/.test(name)) continue;
    const path = below(directory, name);
    const [, extension] = otherSources.exec(name) ?? [];
    if (extension) {
      out.add({ kind: 'files', path: directory, names: `*.${extension}` });
      if (/^(s|S|sx|h)$/.test(extension) && reader.facts(path, 'include', includesOthers))
        out.giveUp(`${path} includes a file of another directory`);
    }
    if (!name.endsWith('.go') || name.endsWith('_test.go')) continue;
    if (!fits(name, undefined)) continue;
    // `a.b_windows.go` looks like a name that Go skips, but Go compiles it.
    out.keep(name);
    const file = reader.facts(path, 'go', parseGoFile);
    if (file === null) out.giveUp(`${path} is not a Go file that can be read`);
    // With CGO_ENABLED=0, Go skips a file that imports "C".
    const needsC = file?.imports.includes('C') ?? false;
    if (file && fits(name, file.build) && (cgo || !needsC)) files.push([path, file]);
    if (cgo && needsC) addC(path, directory, reader, out);
  }
  return files;
}

/** What C in a Go file may read: all files of the package, and the other directories that `#cgo` lines name. */
function addC(path: string, directory: string, reader: SourceReader, out: Collector): void {
  for (const { name, directory: isDirectory } of reader.list(directory)) {
    if (isDirectory) continue;
    out.keep(name);
    out.add({ kind: 'file', path: below(directory, name) });
    if (reader.facts(below(directory, name), 'c-include', includesElsewhere))
      out.giveUp(`${below(directory, name)} includes a file of another directory`);
  }
  out.add({ kind: 'files', path: directory, names: '*' });
  for (const named of reader.facts(path, 'go-cgo-paths', readCgoPaths) ?? []) {
    const place = joinInside(directory, named);
    if (place === undefined) out.giveUp(`${path} names ${named} for C, which is outside of the stage`);
    else out.add({ kind: 'tree', path: place }, { kind: 'file', path: place });
  }
}

/** Paths after ${SRCDIR} in `#cgo` lines. */
function readCgoPaths(text: string): string[] {
  const lines = text.match(/^[\t /*]*#cgo\b.*$/gm) ?? [];
  return lines.flatMap((line) =>
    [...line.matchAll(/\$\{SRCDIR\}([^\s"']*)/g)].map(([, path]) => `.${path || ''}`),
  );
}

const includesOthers = (text: string): boolean => /^\s*#\s*include\s*[<"][^">\n]*\//m.test(text);

/**
 * Includes in C files and in the comment above `import "C"`. `<sys/types.h>` is searched for in the directories of
 * `#cgo` lines.
 */
const includesElsewhere = (text: string): boolean => /^(?:\s|\/[/*]|\*)*#\s*include\s*"[^"\n]*\//m.test(text);

function findUnit(
  unit: string,
  working: string,
  modules: Modules,
  reader: SourceReader,
): Package | undefined {
  if (unit.includes('...') || unit.endsWith('.go') || unit.startsWith('/')) return undefined;
  if (!/^\.\.?(\/|$)/.test(unit)) return findPackage(unit, modules, reader);
  const directory = joinInside(working, unit);
  if (directory === undefined || !hasGoFiles(directory, reader)) return undefined;
  const inside = (one: Module) => one.directory === '' || `${directory}/`.startsWith(`${one.directory}/`);
  const module = modules.local.filter(inside).sort((a, b) => b.directory.length - a.directory.length)[0];
  return { directory, module };
}

/** The directory of a package by its import path; undefined for the standard library and modules of a registry. */
function findPackage(path: string, { local, vendor }: Modules, reader: SourceReader): Package | undefined {
  const module = local.find((one) => path === one.path || path.startsWith(`${one.path}/`));
  const place = module && joinInside(module.directory, path.slice(module.path.length + 1));
  if (module && place !== undefined && hasGoFiles(place, reader) && !isForeign(module, place, reader))
    return { directory: place, module };
  const vendored = vendor === undefined ? undefined : `${vendor}/${path}`;
  return vendored !== undefined && hasGoFiles(vendored, reader)
    ? { directory: vendored, module: undefined }
    : undefined;
}

function hasGoFiles(directory: string, reader: SourceReader): boolean {
  return reader.list(directory).some((entry) => !entry.directory && entry.name.endsWith('.go'));
}

/** Whether a nested module starts between a module's root and one of its directories. */
function isForeign(module: Module, directory: string, reader: SourceReader): boolean {
  const between = directory.slice(module.directory === '' ? 0 : module.directory.length + 1);
  let at = module.directory;
  for (const part of between.split('/').filter(Boolean)) {
    at = below(at, part);
    if (reader.list(at).some(({ name }) => name === 'go.mod')) return true;
  }
  return false;
}
