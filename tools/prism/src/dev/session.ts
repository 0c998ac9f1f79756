import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import { join } from 'node:path';
import type { DevelopedImage } from '@prism-build/builder';
import { type Changes, type Layout, parseState, planLayout, type ShimState } from '@prism-build/dev';
import { writeFileAtomic } from '@prism-build/shell';
import { type LastGood, openLastGood } from './lastGood';
import { type Node, placeOf, put, setOwner, type Tree } from './place';

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
  /** The version that was placed last is ready: it is the good one. */
  readonly keep: () => void;
  /** Whether that version is still there, apart from files that need no start. */
  readonly isGood: () => boolean;
  /** Puts back the files of the last good version, which has to start again; false if there is none. */
  readonly restore: () => boolean;
  readonly state: () => ShimState | undefined;
  /** Before another shim starts in the place of one that has ended. */
  readonly forgetState: () => void;
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
  const lastGood = openLastGood<Placed>(join(directory, 'good'), (place) =>
    place.startsWith(join(directory, 'files/')),
  );
  let started = 0;
  // The last start that was ready.
  let good: number | undefined;
  const session: Session = {
    directory,
    layout,
    own,
    place: (image) => placeAll({ directory, layout, placed, lastGood }, image),
    request: () => {
      writeFileAtomic(join(directory, 'shim', 'request'), `${++started}\n`);
      return started;
    },
    keep: () => {
      good = started;
      lastGood.forget();
    },
    isGood: () => good === started,
    restore: () => {
      if (good === undefined) return false;
      for (const [path, known] of lastGood.restore())
        if (known) placed.set(path, known);
        else placed.delete(path);
      good = undefined;
      return true;
    },
    state: () => parseState(fs.readFileSync(join(directory, 'shim', 'state'), 'utf8')),
    forgetState: () => fs.writeFileSync(join(directory, 'shim', 'state'), ''),
    remove: () => fs.rmSync(directory, { recursive: true, force: true }),
  };
  for (const [path, node] of byParents(own)) {
    placed.set(path, describe(node, undefined));
    put(directory, layout, path, node);
  }
  return session;
}

/** Parents come before what is in them. */
const byParents = (tree: Tree): [string, Node][] => [...tree].sort(([a], [b]) => (a < b ? -1 : 1));

interface Placing {
  readonly directory: string;
  readonly layout: Layout;
  readonly placed: Map<string, Placed>;
  readonly lastGood: LastGood<Placed>;
}

/** What has no place stays a change until another image brings it. */
function placeAll({ directory, layout, placed, lastGood }: Placing, image: Tree): Changes {
  const removed = [...placed.keys()].filter((path) => !image.has(path)).sort();
  for (const path of removed.toReversed()) {
    const place = placeOf(directory, layout, path);
    if (place?.kind !== 'directory') continue;
    lastGood.save(path, place.path, placed.get(path));
    placed.delete(path);
    fs.rmSync(place.path, { recursive: true, force: true });
  }
  const written: string[] = [];
  for (const [path, node] of byParents(image)) {
    const before = placed.get(path);
    const now = describe(node, before);
    const planned = placeOf(directory, layout, path);
    // A mounted file is no longer one.
    const isGone = planned !== undefined && planned.kind !== 'directory' && node.type !== 'file';
    const place = isGone ? undefined : planned;
    const isOther = now.digest !== before?.digest;
    if (isGone) removed.push(path);
    else if (isOther && node.type !== 'directory') written.push(path);
    if (isOther && place) {
      lastGood.save(path, place.path, before);
      put(directory, layout, path, node);
    }
    if (place || !isOther) placed.set(path, now);
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
