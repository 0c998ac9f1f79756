import { readFileSync } from 'node:fs';
import { posix, relative } from 'node:path';
import type { Tree } from '@prism-build/assemble';
import type { Failure, Place } from '@prism-build/errors';

/** Codes of failures whose cause may be in a lock. */
const ofLocks: ReadonlySet<string> = new Set([
  'DEPENDENCIES_NOT_FETCHED',
  'LOCK_UNUSABLE',
  'WHEEL_MISSING',
  'VERSION_MISSING',
  'TOOLCHAIN_DIFFERS',
]);

/** Where a compiler ran. */
export interface Compiled {
  /** The sources as the compiler saw them. */
  readonly tree: Tree;
  /** Where they were on this machine: some messages have absolute paths. */
  readonly mirror: string;
  /** The working directory in the tree. */
  readonly working: string;
}

/** `./main.go:10:91: …` of Go and C, `  --> src/main.rs:3:5` of Rust, `File "app/x.py", line 3` of Python. */
const places = /(?:^|-->|\s)\s*([\w./@+-]+\.\w+):(\d+)(?::\d+)?\b|File "([^"]+)", line (\d+)/gm;

/** `failed to parse lock file at: <path>` of cargo, with the line below it, and `cannot update the lock file <path> because`. */
const locks = /lock file at: (\S+)[\s\S]*?error at line (\d+)|the lock file (\S+)/;

/** Names of dependencies, and the lines that name them in a file. */
const dependencies: readonly (readonly [RegExp, RegExp, (name: string, version: string) => string])[] = [
  [
    /([\w./~-]+)@(v\d[\w.+-]*(?:\/go\.mod)?): checksum mismatch/g,
    /(^|\/)go\.sum$/,
    (name, version) => `${name} ${version} h1:`,
  ],
  [/([\w./~-]+)@(v\d[\w.+-]*)/g, /(^|\/)go\.mod$/, (name, version) => `${name} ${version}`],
  [/([\w.-]+)(?:\[[^\]]*\])?==([\w.!+*-]+)/g, /\.(txt|lock)$/, (name, version) => `${name}==${version}`],
];

/**
 * Failures of a compile, each at the first place in the sources that its output names: of a compiler's message, of a lock
 * that cannot be read, or of the dependency that cannot be fetched. Without one, a failure keeps its place: the command in
 * the Containerfile.
 */
export function placeFailures(failures: readonly Failure[], compiled: Compiled, root: string): Failure[] {
  return failures.map((failure) => {
    const { code, why = '' } = failure;
    if (!code.startsWith('COMPILE_') && !ofLocks.has(code)) return failure;
    const at = findPlace(why, compiled) ?? findLock(why, compiled) ?? findDependency(why, compiled);
    return at ? { ...failure, at: { ...at, file: relative(root, at.file) } } : failure;
  });
}

function findPlace(text: string, compiled: Compiled): Place | undefined {
  for (const [, path, line, quoted, quotedLine] of text.matchAll(places)) {
    const file = findFile(path ?? quoted ?? '', compiled);
    if (file !== undefined) return { file, line: Number(line ?? quotedLine) };
  }
  return undefined;
}

/** A lock that does not fit its manifest has no wrong line. */
function findLock(text: string, compiled: Compiled): Place | undefined {
  const [, broken, line, stale] = locks.exec(text) ?? [];
  const file = findFile(broken ?? stale ?? '', compiled);
  return file === undefined ? undefined : { file, line: line === undefined ? undefined : Number(line) };
}

function findDependency(text: string, { tree }: Compiled): Place | undefined {
  for (const [named, where, lineOf] of dependencies) {
    const files = [...tree].flatMap(([path, node]) =>
      where.test(path) && node.type === 'file' && node.content.kind === 'file' ? [node.content.path] : [],
    );
    for (const [, name = '', version = ''] of text.matchAll(named)) {
      for (const file of files) {
        const lines = readFileSync(file, 'utf8').split('\n');
        const at = lines.findIndex((one) => one.includes(lineOf(name, version)));
        if (at >= 0) return { file, line: at + 1 };
      }
    }
  }
  return undefined;
}

/** The file of the workspace that a message names. */
function findFile(named: string, { tree, mirror, working }: Compiled): string | undefined {
  const fileAt = (path: string) => {
    const node = tree.get(path);
    return node?.type === 'file' && node.content.kind === 'file' ? node.content.path : undefined;
  };
  // cargo runs at the top, and names files relative to it.
  const absolute = posix.join('/', named);
  if (absolute.startsWith(`${mirror}/`)) return fileAt(posix.relative(mirror, absolute));
  // Paths are relative to the working directory, or, in a workspace of cargo, to a directory above it.
  for (let directory = working.replace(/^\/+/, ''); ; directory = posix.dirname(directory)) {
    const found = fileAt(posix.join(directory, named));
    if (found !== undefined || directory === '.' || directory === '') return found;
  }
}
