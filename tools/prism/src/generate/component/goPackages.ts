import { dirname, join } from 'node:path/posix';
import type { Sources } from './program';

/** A module whose sources are in this workspace. */
export interface LocalModule {
  readonly path: string;
  /** Relative to the workspace. */
  readonly directory: string;
}

/** A package of a local module, without its tests. */
export interface GoPackage {
  readonly directory: string;
  readonly imports: readonly string[];
  readonly texts: readonly string[];
  /** The first file with `import "C"`. */
  readonly cgo: string | undefined;
  /** Whether the package says what to do without cgo. */
  readonly withoutCgo: boolean;
}

/** Directories of the programs below a directory, in its own module. */
export function listMains(sources: Sources, directory: string): string[] {
  const files = sources.list(directory);
  const nested = files.filter((file) => file.endsWith('/go.mod') && dirname(file) !== directory).map(dirname);
  const mains = files.filter((file) => {
    if (!isSource(file) || nested.some((root) => file.startsWith(`${root}/`))) return false;
    const text = sources.read(file) ?? '';
    return (
      /^package main\b/m.test(text) && /^func main\(\)/m.test(text) && !/^\/\/go:build ignore\b/m.test(text)
    );
  });
  return [...new Set(mains.map((file) => dirname(file)))].sort();
}

/** The packages that a program is made of, as far as their sources are here; for every platform at once. */
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
  const texts = files.map((file) => sources.read(file) ?? '');
  const imports = texts.map(listImports);
  const cgo = files.find((_, index) => imports[index]!.includes('C'));
  return {
    directory,
    texts,
    imports: [...new Set(imports.flat())],
    cgo,
    withoutCgo: texts.some((text) => /^\/\/go:build .*!cgo\b/m.test(text)),
  };
}

function listImports(text: string): string[] {
  const blocks = [...text.matchAll(/^import\s*\(([\s\S]*?)^\)/gm)].map(([, block]) => block!);
  const single = [...text.matchAll(/^import\s+([^(\n]*"[^"\n]+")/gm)].map(([, line]) => line!);
  return [...blocks, ...single].flatMap((part) =>
    [...part.matchAll(/"([^"\n]+)"/g)].map(([, path]) => path!),
  );
}

function directoryOf(modules: readonly LocalModule[], path: string): string | undefined {
  const fitting = modules.filter((one) => path === one.path || path.startsWith(`${one.path}/`));
  const [module] = fitting.sort((a, b) => b.path.length - a.path.length);
  return module && join(module.directory, path.slice(module.path.length + 1));
}

function isSource(file: string): boolean {
  const hidden = file
    .split('/')
    .some((part) => /^[_.]./.test(part) || part === 'testdata' || part === 'vendor');
  return file.endsWith('.go') && !file.endsWith('_test.go') && !hidden;
}
