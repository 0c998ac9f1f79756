import * as fs from 'node:fs';
import { dirname, join } from 'node:path';
import type { DevelopedImage } from '@prism-build/builder';
import type { Layout } from '@prism-build/dev';

export type Tree = DevelopedImage['own'];
export type Node = Tree extends ReadonlyMap<string, infer N> ? N : never;

/** Where a file of the image is on the host. */
interface Place {
  readonly kind: 'program' | 'directory' | 'file';
  readonly path: string;
}

/** The place of a path of the image; undefined if the container cannot get it while it runs. */
export function placeOf(directory: string, layout: Layout, path: string): Place | undefined {
  if (path === layout.program) return { kind: 'program', path: join(directory, 'shim', 'program') };
  const file = layout.files.indexOf(path);
  if (file >= 0) return { kind: 'file', path: join(directory, 'files', String(file)) };
  const at = layout.directories.findIndex((one) => path.startsWith(`${one}/`));
  if (at < 0) return undefined;
  const below = path.slice(layout.directories[at]!.length + 1);
  return { kind: 'directory', path: join(directory, 'directories', String(at), below) };
}

/** Puts a file, link or directory of the image in its place, if it has one. */
export function put(directory: string, layout: Layout, path: string, node: Node): void {
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
export function setOwner(path: string, node: Node | undefined): void {
  if (process.getuid?.() === 0 && node) fs.lchownSync(path, node.uid, node.gid);
  if (node?.type !== 'symlink') fs.chmodSync(path, node?.mode ?? 0o755);
}
