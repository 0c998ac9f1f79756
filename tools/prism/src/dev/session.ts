import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import { dirname, join } from 'node:path';
import type { DevelopedImage } from '@prism-build/builder';
import { type Changes, type Layout, parseState, planLayout, type ShimState } from '@prism-build/dev';
import { writeFileAtomic } from '@prism-build/shell';

type Tree = DevelopedImage['own'];
type Node = Tree extends ReadonlyMap<string, infer N> ? N : never;

/** What a container of the dev loop mounts: the shim, and the files that it replaces. */
export interface Session {
  readonly directory: string;
  readonly layout: Layout;
  /** The files of the image that it was made for. */
  readonly own: Tree;
  /** Makes the mounted files those of an image. Paths that it cannot place are among the changes, too. */
  readonly place: (own: Tree) => Changes;
  /** Asks the shim to start the program again; returns the number of the request. */
  readonly request: () => number;
  readonly state: () => ShimState | undefined;
  readonly remove: () => void;
}

/** What was placed under a path. */
interface Placed {
  readonly fingerprint: string;
  readonly digest: string;
}

/** A file that changed so shortly before may change again without another time. */
const settles = 2000;

/**
 * Lays out the files of an image for its container, in a directory that only this process writes to.
 *
 * @param program the entrypoint, as a path of the image's tree
 * @param shim the compiled shim for this machine
 */
export function openSession(
  directory: string,
  { own, base }: DevelopedImage,
  program: string | undefined,
  shim: string,
): Session {
  fs.rmSync(directory, { recursive: true, force: true });
  const paths = (tree: Tree, type: (one: Node['type']) => boolean) =>
    [...tree].flatMap(([path, node]) => (type(node.type) ? [path] : []));
  const layout = planLayout({
    files: paths(own, (type) => type === 'file'),
    others: paths(own, (type) => type !== 'file' && type !== 'directory'),
    base: paths(base, (type) => type !== 'directory'),
    program,
  });
  for (const name of ['shim', 'directories', 'files', 'new'])
    fs.mkdirSync(join(directory, name), { recursive: true });
  // The program's user, whoever it is, must be able to read them.
  for (const [at, path] of layout.directories.entries()) {
    fs.mkdirSync(join(directory, 'directories', String(at)));
    setOwner(join(directory, 'directories', String(at)), own.get(path));
  }
  fs.copyFileSync(shim, join(directory, 'shim', 'shim'));
  fs.chmodSync(join(directory, 'shim', 'shim'), 0o755);
  fs.chmodSync(join(directory, 'shim'), 0o755);
  // The shim runs as the user of the image, and writes it.
  fs.writeFileSync(join(directory, 'shim', 'state'), '');
  fs.chmodSync(join(directory, 'shim', 'state'), 0o666);
  writeFileAtomic(join(directory, 'shim', 'request'), '0\n');
  const placed = new Map<string, Placed>();
  let started = 0;
  const session: Session = {
    directory,
    layout,
    own,
    place: (image) => placeAll(directory, layout, placed, image),
    request: () => {
      writeFileAtomic(join(directory, 'shim', 'request'), `${++started}\n`);
      return started;
    },
    state: () => parseState(fs.readFileSync(join(directory, 'shim', 'state'), 'utf8')),
    remove: () => fs.rmSync(directory, { recursive: true, force: true }),
  };
  session.place(own);
  return session;
}

function placeAll(directory: string, layout: Layout, placed: Map<string, Placed>, image: Tree): Changes {
  const written: string[] = [];
  // Parents come before what is in them.
  for (const [path, node] of [...image].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const before = placed.get(path);
    const now = describe(node, before);
    placed.set(path, now);
    if (now.digest === before?.digest) continue;
    if (node.type !== 'directory') written.push(path);
    put(directory, layout, path, node);
  }
  const removed = [...placed.keys()].filter((path) => !image.has(path));
  for (const path of removed.reverse()) {
    placed.delete(path);
    const place = placeOf(directory, layout, path);
    if (place?.kind === 'directory') fs.rmSync(place.path, { recursive: true, force: true });
  }
  return { written, removed };
}

function describe(node: Node, before: Placed | undefined): Placed {
  const own = `${node.type} ${node.mode.toString(8)}`;
  if (node.type === 'symlink') return { fingerprint: '', digest: `${own} ${node.linkTarget}` };
  if (node.type !== 'file') return { fingerprint: '', digest: own };
  const { content } = node;
  const hash = (bytes: Uint8Array) => `${own} ${createHash('sha256').update(bytes).digest('hex')}`;
  if (content.kind === 'bytes') return { fingerprint: '', digest: hash(content.bytes) };
  const stat = fs.statSync(content.path, { throwIfNoEntry: false });
  // Contents of bases are extracted only while the image is assembled, and do not change meanwhile.
  if (!stat) return before ?? { fingerprint: '', digest: '' };
  const settled = Date.now() - stat.ctimeMs > settles;
  const fingerprint = settled ? `${own} ${stat.dev} ${stat.ino} ${stat.size} ${stat.ctimeMs}` : '';
  if (settled && fingerprint === before?.fingerprint) return before;
  return { fingerprint, digest: hash(fs.readFileSync(content.path)) };
}

interface Place {
  readonly kind: 'program' | 'directory' | 'file';
  readonly path: string;
}

/** Where a path of the image is on the host; undefined if the container cannot get it while it runs. */
function placeOf(directory: string, layout: Layout, path: string): Place | undefined {
  if (path === layout.program) return { kind: 'program', path: join(directory, 'shim', 'program') };
  const file = layout.files.indexOf(path);
  if (file >= 0) return { kind: 'file', path: join(directory, 'files', String(file)) };
  const at = layout.directories.findIndex((one) => path.startsWith(`${one}/`));
  if (at < 0) return undefined;
  const below = path.slice(layout.directories[at]!.length + 1);
  return { kind: 'directory', path: join(directory, 'directories', String(at), below) };
}

function put(directory: string, layout: Layout, path: string, node: Node): void {
  const place = placeOf(directory, layout, path);
  if (!place) return;
  const kindOf = fs.lstatSync(place.path, { throwIfNoEntry: false });
  if (kindOf?.isDirectory() && node.type !== 'directory') fs.rmSync(place.path, { recursive: true });
  if (node.type === 'directory') {
    if (kindOf && !kindOf.isDirectory()) fs.rmSync(place.path);
    fs.mkdirSync(place.path, { recursive: true });
    setOwner(place.path, node);
    return;
  }
  if (node.type !== 'file' && node.type !== 'symlink') return;
  // A mount of a single file shows the inode that was there when the container started.
  if (place.kind === 'file' && node.type === 'file' && kindOf) {
    fs.writeFileSync(place.path, bytesOf(node));
    fs.chmodSync(place.path, node.mode);
    return;
  }
  const fresh = join(directory, 'new', 'file');
  fs.rmSync(fresh, { force: true });
  if (node.type === 'symlink') fs.symlinkSync(node.linkTarget, fresh);
  else if (node.content.kind === 'file')
    fs.copyFileSync(node.content.path, fresh, fs.constants.COPYFILE_FICLONE);
  else fs.writeFileSync(fresh, node.content.bytes);
  setOwner(fresh, node);
  fs.mkdirSync(dirname(place.path), { recursive: true });
  fs.renameSync(fresh, place.path);
}

function bytesOf(node: Extract<Node, { type: 'file' }>): Uint8Array {
  return node.content.kind === 'file' ? fs.readFileSync(node.content.path) : node.content.bytes;
}

/** Only root can give files to the users of the image; without root, they belong to root of the container. */
function setOwner(path: string, node: Node | undefined): void {
  if (process.getuid?.() === 0 && node) fs.lchownSync(path, node.uid, node.gid);
  if (node?.type !== 'symlink') fs.chmodSync(path, node?.mode ?? 0o755);
}
