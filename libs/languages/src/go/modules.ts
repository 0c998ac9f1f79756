import { below, type Collector, joinInside, type SourceReader, upwards } from '../closure';
import { readDirectives } from './directives';

/** What go.mod and go.work say about directories. */
interface ModuleFile {
  readonly module: string | undefined;
  readonly use: readonly string[];
  /** Replaced modules by path, with the directory that replaces them. */
  readonly replace: readonly (readonly [string, string])[];
}

/** A module whose sources are files of the tree. */
export interface Module {
  readonly path: string;
  readonly directory: string;
}

export interface Modules {
  /** Longest path first, so the first prefix match is the package's module. */
  readonly local: readonly Module[];
  /** The vendor directory that the go command would use. */
  readonly vendor: string | undefined;
  /** The directory of the main module, or of the workspace. */
  readonly root: string;
  /** The go.work, or the go.mod where there is none. */
  readonly main: string;
}

/** The modules of a compile whose sources are in the tree, by go.work, or by go.mod and its replace lines. */
export function findModules(working: string, reader: SourceReader, out: Collector): Modules | undefined {
  const has = (directory: string, name: string) =>
    reader.list(directory).some((entry) => entry.name === name && !entry.directory);
  const nearest = (name: string) => upwards(working).find((directory) => has(directory, name));
  const work = nearest('go.work');
  const main = nearest('go.mod');
  if (work === undefined && main === undefined) return undefined;
  const found = new Map<string, string>();
  const readModule = (directory: string, name: string): ModuleFile | undefined => {
    const file = below(directory, name);
    out.add({ kind: 'file', path: file });
    return reader.facts(file, 'go.mod', parseModuleFile);
  };
  const add = (path: string | undefined, directory: string | undefined) => {
    if (path !== undefined && directory !== undefined && !found.has(path)) found.set(path, directory);
  };
  const addReplaced = (file: ModuleFile | undefined, directory: string) => {
    for (const [path, target] of file?.replace ?? []) {
      const place = joinInside(directory, target);
      if (place === undefined || !has(place, 'go.mod')) continue;
      readModule(place, 'go.mod');
      add(path, place);
    }
  };
  const addMain = (directory: string) => {
    const file = readModule(directory, 'go.mod');
    out.add({ kind: 'file', path: below(directory, 'go.sum') });
    add(file?.module, directory);
    return file;
  };
  const root = work ?? main!;
  if (work === undefined) addReplaced(addMain(root), root);
  else {
    const file = readModule(work, 'go.work');
    out.add({ kind: 'file', path: below(work, 'go.work.sum') });
    const used = (file?.use ?? []).flatMap((one) => joinInside(work, one) ?? []);
    const mains = used.map((directory) => [addMain(directory), directory] as const);
    addReplaced(file, work);
    for (const [one, directory] of mains) addReplaced(one, directory);
  }
  const vendored = has(below(root, 'vendor'), 'modules.txt');
  if (vendored) out.add({ kind: 'file', path: below(root, 'vendor/modules.txt') });
  const local = [...found].map(([path, directory]) => ({ path, directory }));
  return {
    local: local.sort((a, b) => b.path.length - a.path.length),
    vendor: vendored ? below(root, 'vendor') : undefined,
    root,
    main: below(root, work === undefined ? 'go.mod' : 'go.work'),
  };
}

/** Whether the path after `=>` is a directory of this tree; otherwise it is a module of a registry. */
const isDirectory = (target: string) => /^\.\.?(\/|$)/.test(target);

/** Parses a go.mod or go.work. */
export function parseModuleFile(text: string): ModuleFile {
  const directives = readDirectives(text);
  const valuesOf = (wanted: string) =>
    directives.flatMap(({ verb, values }) => (verb === wanted && values[0] !== undefined ? [values] : []));
  return {
    module: valuesOf('module')[0]?.[0],
    use: valuesOf('use').map(([directory]) => directory!),
    replace: valuesOf('replace').flatMap((values) => {
      const target = values.includes('=>') ? values[values.indexOf('=>') + 1] : undefined;
      return target !== undefined && isDirectory(target) ? [[values[0]!, target] as const] : [];
    }),
  };
}
