import { basename, dirname, join, relative } from 'node:path/posix';
import { constraintHolds, nameFits, parseGoFile } from '@prism-build/languages';
import type { Sources } from './program';

/** A module whose sources are in this workspace, or were fetched. */
export interface LocalModule {
  readonly path: string;
  /** Relative to the workspace; absolute where the machine has fetched it. */
  readonly directory: string;
}

/** A package with known sources, without tests and files that no platform of an image uses. */
export interface GoPackage {
  readonly directory: string;
  readonly imports: readonly string[];
  readonly texts: readonly string[];
  /** Files that are used only with cgo. */
  readonly cgo: readonly string[];
  /** Files that are used without cgo, and those of them that replace cgo files. */
  readonly plain: readonly string[];
  readonly standIns: readonly string[];
}

/** A program: a package, or one file of a directory that holds several programs. */
export interface GoMain {
  readonly directory: string;
  readonly file: string | undefined;
}

const targets = ['amd64', 'arm64'].map((architecture) => ({ os: 'linux', architecture }));

/** The programs below a directory, in its own module; of a directory with several `func main` each file is one. */
export function listMains(sources: Sources, directory: string): GoMain[] {
  const files = sources.list(directory);
  const nested = files.filter((file) => file.endsWith('/go.mod') && dirname(file) !== directory).map(dirname);
  const mains = (cgo: boolean) =>
    files.filter((file) => {
      if (!isSource(file) || nested.some((root) => file.startsWith(`${root}/`))) return false;
      const text = sources.read(file) ?? '';
      return /^package main\b/m.test(text) && /^func main\(\)/m.test(text) && takes(file, text, cgo);
    });
  const plain = mains(false);
  // Also finds programs that need cgo, to report them.
  const others = mains(true).filter((file) => !plain.some((one) => dirname(one) === dirname(file)));
  const all = [...plain, ...others];
  const directories = [...new Set(all.map((file) => dirname(file)))].sort();
  return directories.flatMap((one): GoMain[] => {
    const inside = all.filter((file) => dirname(file) === one);
    return inside.length === 1
      ? [{ directory: one, file: undefined }]
      : inside.map((file) => ({ directory: one, file: basename(file) }));
  });
}

/** Names of a program for --main: its path from the directory, or the last part of it. */
export function namesOfMain({ directory, file }: GoMain, from: string): string[] {
  const path = join(relative(from, directory), file ?? '') || '.';
  return [path, basename(file ?? directory)];
}

/** The packages of a program whose sources are available, for all platforms together. */
export function reachPackages(sources: Sources, modules: readonly LocalModule[], main: string): GoPackage[] {
  const reached = new Map<string, GoPackage>();
  const queue = [main];
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    if (reached.has(next)) continue;
    const found = readPackage(sources, next);
    reached.set(next, found);
    for (const path of found.imports) {
      const directory = directoryOf(modules, path);
      if (directory !== undefined) queue.push(directory);
    }
  }
  return [...reached.values()];
}

function readPackage(sources: Sources, directory: string): GoPackage {
  const files = sources.list(directory).filter((file) => dirname(file) === directory && isSource(file));
  const read = files.map((file) => ({ file, text: sources.read(file) ?? '' }));
  const withCgo = read.filter(({ file, text }) => takes(file, text, true));
  const plain = read.filter(({ file, text }) => takes(file, text, false));
  const namesIn = (some: typeof read, others: typeof read) =>
    some.filter((one) => !others.includes(one)).map(({ file }) => file);
  return {
    directory,
    texts: plain.map(({ text }) => text),
    imports: [...new Set(plain.flatMap(({ text }) => parseGoFile(text)?.imports ?? []))],
    cgo: namesIn(withCgo, plain),
    plain: plain.map(({ file }) => file),
    standIns: namesIn(plain, withCgo),
  };
}

/** Whether the go command uses a file for any platform of an image. */
function takes(file: string, text: string, cgo: boolean): boolean {
  const parsed = parseGoFile(text);
  if (!parsed || (!cgo && parsed.imports.includes('C'))) return false;
  return targets.some(
    (target) =>
      nameFits(basename(file), target) &&
      (parsed.build === undefined || constraintHolds(parsed.build, target, cgo ? ['cgo'] : []) !== false),
  );
}

function directoryOf(modules: readonly LocalModule[], path: string): string | undefined {
  const fitting = modules.filter((one) => path === one.path || path.startsWith(`${one.path}/`));
  const [module] = fitting.sort((a, b) => b.path.length - a.path.length);
  return module && join(module.directory, path.slice(module.path.length + 1));
}

function isSource(file: string): boolean {
  const hidden = file
    .replace(/^\/.*\//, '')
    .split('/')
    .some((part) => /^[_.]./.test(part) || part === 'testdata' || part === 'vendor');
  return file.endsWith('.go') && !file.endsWith('_test.go') && !hidden;
}
