/** Where the shim is in a container, with the program that it starts. */
const shimDirectory = '/.prism-dev';
export const shimProgram = `${shimDirectory}/shim`;

/** Milliseconds that a program has for ending before another takes its place. */
const grace = 1000;

/** The arguments with which the shim starts a command. */
export function startArguments(command: readonly string[]): string[] {
  return [String(grace), ...command];
}

/** How the files of an image above its base are replaced in a running container. Paths are those of trees: `srv/www`. */
export interface Layout {
  /** The entrypoint, if it is a file of the image itself and in no such directory: the shim starts another in its place. */
  readonly program: string | undefined;
  /** Directories that hold files of the image only, each as far up as possible: mounted. */
  readonly directories: readonly string[];
  /** Files beside files of the base, each mounted alone and written in place: a mount is bound to an inode. */
  readonly files: readonly string[];
}

/** What a layout is made for. */
export interface LayoutFacts {
  /** The image's own paths above its base: the files, and all else that is no directory. */
  readonly files: readonly string[];
  readonly others: readonly string[];
  /** Paths of the base that are no directories. */
  readonly base: Iterable<string>;
  readonly program: string | undefined;
}

/** Engines put files of their own there, or mount a file system. */
const reserved = new Set(['dev', 'proc', 'sys', 'etc', 'run', 'tmp', 'var', 'var/run']);

/** Plans how files are replaced. What is in no part of the layout needs another image. */
export function planLayout({ files, others, base, program }: LayoutFacts): Layout {
  const ofBase = new Set<string>();
  for (const path of base) for (const parent of parentsOf(path)) ofBase.add(parent);
  const directoryOf = (path: string) => parentsOf(path).find((one) => !ofBase.has(one) && !reserved.has(one));
  const directories = [...files, ...others].flatMap((path) => directoryOf(path) ?? []);
  const alone = files.filter((path) => directoryOf(path) === undefined && path !== program);
  const isAlone = program !== undefined && files.includes(program) && directoryOf(program) === undefined;
  return {
    program: isAlone ? program : undefined,
    directories: [...new Set(directories)].sort(),
    files: [...new Set(alone)].sort(),
  };
}

/** A mount of a container: a path below the session's directory on the host, and where it appears. */
export interface Mount {
  readonly source: string;
  readonly target: string;
  readonly kind: 'directory' | 'file';
}

/** The mounts of a layout. The shim's comes first. */
export function listMounts({ directories, files }: Layout): Mount[] {
  return [
    { source: 'shim', target: shimDirectory, kind: 'directory' },
    ...directories.map(
      (path, at): Mount => ({ source: `directories/${at}`, target: `/${path}`, kind: 'directory' }),
    ),
    ...files.map((path, at): Mount => ({ source: `files/${at}`, target: `/${path}`, kind: 'file' })),
  ];
}

/** `a/b/c`: `a`, `a/b`. */
function parentsOf(path: string): string[] {
  const parts = path.split('/');
  return parts.slice(1).map((_, depth) => parts.slice(0, depth + 1).join('/'));
}
