import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import { dirname, join } from 'node:path';
import type { Node, Tree } from '@prism-build/assemble';
import { type Content, hashFile } from '@prism-build/oci';
import { readTextIfThere, writeFileAtomic } from '@prism-build/shell';
import { settledBefore } from './digests/fingerprint';

/** In place of a fingerprint that cannot identify content: the file is read in every run. */
const unsettled = 'read';

interface MirroredFile {
  readonly fingerprint: string;
  readonly digest: string;
}

/** Digests of a tree of sources. They depend on paths, contents and modes only, so they are equal in every clone. */
export interface MirroredTree {
  readonly digest: string;
  /** sha256 of every regular file by its path. */
  readonly files: ReadonlyMap<string, string>;
}

/**
 * Makes a directory contain exactly a tree of sources: the files that COPY takes, at their paths in the stage. The
 * compiler sees nothing else, so it cannot read what the cache key does not cover. Writes a file only if its *content*
 * changed, which gives it a new mtime: cargo compares times, and would take an older file that is moved in for unchanged.
 */
export function mirrorTree(tree: Tree, directory: string, manifestPath: string): MirroredTree {
  const before = readManifest(manifestPath, directory);
  const settled = settledBefore(dirname(manifestPath));
  const after: Record<string, MirroredFile> = {};
  const hash = createHash('sha256');
  const files = new Map<string, string>();
  // Remove the manifest before the first change: if this run is killed, the next one starts from nothing.
  const forget = () => fs.rmSync(manifestPath, { force: true });
  removeOthers(directory, '', tree);
  for (const [path, node] of tree) {
    const mirrored = place(join(directory, path), node, before[path], settled, forget);
    after[path] = mirrored;
    if (node.type === 'file') files.set(path, mirrored.digest);
    hash.update(`${path}\0${node.type}\0${node.mode.toString(8)}\0${mirrored.digest}\n`);
  }
  const text = JSON.stringify(after);
  if (text !== JSON.stringify(before) || !fs.existsSync(manifestPath)) writeFileAtomic(manifestPath, text);
  return { digest: hash.digest('hex'), files };
}

/**
 * Hides the git repository above a directory from programs that run below it. Build scripts ask git for the commit,
 * which is in no key, and which they would not find in a container either. Git and libgit2 stop their search upwards at
 * a `.git` that is no repository.
 */
export function hideRepository(directory: string): void {
  const marker = join(directory, '.git');
  if (fs.existsSync(marker)) return;
  fs.mkdirSync(directory, { recursive: true });
  writeFileAtomic(marker, 'not a repository: compilers must not see the one above\n');
}

function place(
  path: string,
  node: Node,
  before: MirroredFile | undefined,
  settled: bigint,
  forget: () => void,
): MirroredFile {
  if (node.type === 'directory') {
    fs.mkdirSync(path, { recursive: true });
    return { fingerprint: 'directory', digest: '' };
  }
  if (node.type === 'symlink') {
    const fingerprint = `symlink:${node.linkTarget}`;
    if (before?.fingerprint !== fingerprint) {
      forget();
      fs.rmSync(path, { recursive: true, force: true });
      fs.symlinkSync(node.linkTarget, path);
    }
    return { fingerprint, digest: node.linkTarget };
  }
  if (node.type !== 'file') return { fingerprint: node.type, digest: '' };
  const { content } = node;
  // Uses ctime: a program cannot set it, so a file that was replaced or edited has another fingerprint.
  const fingerprint =
    content.kind === 'file' ? `${fingerprintOf(content.path, settled)}:${node.mode}` : unsettled;
  if (before?.fingerprint === fingerprint && !fingerprint.startsWith(unsettled)) return before;
  let digest = digestOf(content);
  if (before?.digest !== digest) {
    forget();
    fs.mkdirSync(dirname(path), { recursive: true });
    fs.rmSync(path, { recursive: true, force: true });
    if (content.kind === 'bytes') fs.writeFileSync(path, content.bytes);
    else {
      fs.copyFileSync(content.path, path, fs.constants.COPYFILE_FICLONE);
      // The source may have changed meanwhile; the digest must be that of the copy.
      digest = digestOf({ ...content, path });
    }
  }
  fs.chmodSync(path, node.mode);
  return { fingerprint, digest };
}

function digestOf(content: Content): string {
  if (content.kind === 'file') return hashFile(content.path).digest.slice('sha256:'.length);
  return createHash('sha256').update(content.bytes).digest('hex');
}

/** A fingerprint of a file that changed just now would not identify its content: the next change may have the same time. */
function fingerprintOf(path: string, settled: bigint): string {
  const { dev, ino, size, ctimeNs } = fs.statSync(path, { bigint: true });
  return ctimeNs < settled ? `${dev}:${ino}:${size}:${ctimeNs}` : unsettled;
}

/** Returns only entries of files that exist. If the directory or its manifest is missing, starts with an empty directory. */
function readManifest(manifestPath: string, directory: string): Record<string, MirroredFile> {
  const text = fs.existsSync(directory) ? readTextIfThere(manifestPath) : undefined;
  if (text === undefined) {
    fs.rmSync(directory, { recursive: true, force: true });
    fs.mkdirSync(directory, { recursive: true });
    return {};
  }
  try {
    const entries = Object.entries(JSON.parse(text) as Record<string, MirroredFile>);
    return Object.fromEntries(
      entries.filter(([path]) => fs.lstatSync(join(directory, path), { throwIfNoEntry: false })),
    );
  } catch {
    return {};
  }
}

function removeOthers(directory: string, below: string, tree: Tree): void {
  for (const entry of fs.readdirSync(join(directory, below), { withFileTypes: true })) {
    const path = below === '' ? entry.name : `${below}/${entry.name}`;
    const node = tree.get(path);
    const same =
      node &&
      entry.isDirectory() === (node.type === 'directory') &&
      entry.isSymbolicLink() === (node.type === 'symlink');
    if (!same) fs.rmSync(join(directory, path), { recursive: true, force: true });
    else if (entry.isDirectory()) removeOthers(directory, path, tree);
  }
}
