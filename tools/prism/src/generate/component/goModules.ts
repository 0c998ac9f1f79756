import { dirname, join, normalize, relative } from 'node:path/posix';
import { type Failure, failed, generateFailure, ok, type Result } from '@prism-build/errors';
import { parseModuleFile } from '@prism-build/languages';
import { type GoModule, parseGoModule } from '../shared/goModule';
import type { GoPackage, LocalModule } from './goPackages';
import type { Sources } from './program';

/** The local modules that a module is built with. */
export interface LocalModules {
  /** The module itself comes first. */
  readonly all: readonly LocalModule[];
  /** Missing modules of replace lines; they matter only if something imports them. */
  readonly absent: readonly Absent[];
  /** The directory of the go.work that lists them; absent if replace lines do. */
  readonly work: string | undefined;
}

interface Absent {
  readonly path: string;
  /** The target of the replace line. */
  readonly target: string;
}

/**
 * The local modules of required replace lines. If go.mod requires a module of go.work without a replace line, all modules of
 * go.work, because the go command reads every one. Go ignores replace lines of modules that nothing requires.
 */
export function listModules(sources: Sources, main: LocalModule & GoModule): Result<LocalModules> {
  const { replace } = parseModuleFile(sources.read(join(main.directory, 'go.mod'))!);
  const all: LocalModule[] = [{ path: main.path, directory: main.directory }];
  const absent: Absent[] = [];
  const required = new Set(main.requires.keys());
  // An added module may require others: the Set grows during the iteration.
  for (const path of required) {
    const target = replace.find(([replaced]) => replaced === path)?.[1];
    if (target === undefined) continue;
    const directory = normalize(join(main.directory, target)).replace(/\/$/, '');
    const text = directory.startsWith('..') ? undefined : sources.read(join(directory, 'go.mod'));
    if (text === undefined) absent.push({ path, target });
    else {
      all.push({ path, directory });
      const module = parseGoModule(text, join(directory, 'go.mod'));
      if (module.ok) for (const one of module.value.requires.keys()) required.add(one);
    }
  }
  if (absent.length > 0) return failed(...absent.map((one) => refuseAbsent(one, main.directory)));
  const used = readWork(sources, main.directory);
  if (!used.ok) return used;
  const others = used.value?.modules ?? [];
  const needsWork = others.some(
    ({ path }) => main.requires.has(path) && !all.some((known) => known.path === path),
  );
  const missing = replace.filter(([path]) => !required.has(path)).map(([path, target]) => ({ path, target }));
  if (!needsWork) return ok({ all, absent: missing, work: undefined });
  const known = new Set(all.map(({ directory }) => directory));
  return ok({
    all: [...all, ...others.filter(({ directory }) => !known.has(directory))],
    absent: missing,
    work: used.value!.directory,
  });
}

/** The failure for a replace line whose module is not in this workspace. */
export function refuseAbsent({ path, target }: Absent, directory: string): Failure {
  return generateFailure('PROGRAM_NOT_SUPPORTED', {
    what: `${path} is replaced by ${target}, which is not a module of this workspace`,
    remedy: 'Add the module to the workspace, or remove the replace line.',
    at: { file: join(directory, 'go.mod') },
  });
}

function readWork(
  sources: Sources,
  from: string,
): Result<{ directory: string; modules: LocalModule[] } | undefined> {
  let directory = from;
  while (sources.read(join(directory, 'go.work')) === undefined) {
    if (directory === '.') return ok(undefined);
    directory = dirname(directory);
  }
  const { use } = parseModuleFile(sources.read(join(directory, 'go.work'))!);
  const modules: LocalModule[] = [];
  for (const path of use) {
    const at = normalize(join(directory, path)).replace(/\/$/, '');
    const module = parseGoModule(sources.read(join(at, 'go.mod')) ?? '', join(at, 'go.mod'));
    if (!module.ok) return module;
    modules.push({ path: module.value.path, directory: at });
  }
  return ok({ directory, modules });
}

interface Copied {
  readonly context: string;
  readonly workdir: string;
  readonly lines: readonly string[];
}

/**
 * COPY lines for the modules. A single module is its own context. If the module is the whole workspace, only the packages of
 * the program are copied.
 */
export function copyModules(
  sources: Sources,
  { all, work }: Pick<LocalModules, 'all' | 'work'>,
  directory: string,
  packages: readonly GoPackage[],
): Copied {
  if (all.length === 1 && directory !== '.') {
    return { context: directory, workdir: '/src', lines: ['COPY . .'] };
  }
  const lines = all.flatMap((module) =>
    module.directory === '.'
      ? copyRoot(sources, packages)
      : [`COPY ${module.directory} /src/${module.directory}`],
  );
  const lists = work === undefined ? [] : copyLists(sources, work);
  return { context: '.', workdir: join('/src', directory).replace(/\/$/, ''), lines: [...lists, ...lines] };
}

function copyLists(sources: Sources, work: string): string[] {
  const files = ['go.work', 'go.work.sum'].map((name) => normalize(join(work, name)));
  const there = files.filter((file) => sources.read(file) !== undefined);
  return [`COPY ${there.join(' ')} /src/${work === '.' ? '' : `${work}/`}`];
}

function copyRoot(sources: Sources, packages: readonly GoPackage[]): string[] {
  const lists = ['go.mod', 'go.sum'].filter((name) => sources.read(name) !== undefined);
  const tops = packages.map(({ directory }) => relative('.', directory).split('/')[0]!);
  const embedded = packages
    .filter(({ directory }) => directory === '.')
    .flatMap(({ texts }) => texts.flatMap((text) => [...text.matchAll(/^\/\/go:embed (.+)$/gm)]))
    .flatMap(([, patterns]) => patterns!.split(/\s+/).map((one) => one.replace(/^all:/, '').split('/')[0]!));
  const files = tops.includes('') ? ['*.go'] : [];
  return [
    `COPY ${[...lists, ...files].join(' ')} /src/`,
    ...[...new Set([...tops, ...embedded])].filter(Boolean).map((top) => `COPY ${top} /src/${top}`),
  ];
}
