import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import { dirname, join } from 'node:path';
import type { Node, Tree } from '@prism-build/assemble';
import { type Content, hashFile } from '@prism-build/oci';
import { readTextIfThere, writeFileAtomic } from '@prism-build/shell';
import { settledBefore } from './digests/fileKey';

/** In place of a signature: the content is looked at every time. */
const unsettled = 'read';

interface Known {
  readonly signature: string;
  readonly digest: string;
}

/** What a tree of sources is, content and modes; the same in every clone. */
export interface MirroredTree {
  readonly digest: string;
  /** sha256 of every regular file by its path. */
  readonly files: ReadonlyMap<string, string>;
}

/**
 * Makes a directory hold exactly a tree of sources: what COPY took, laid out as in the stage. Compilers see
 * nothing else, so what they read is what the key covers. A file is only written when its *content* changed and
 * then gets a new time: compilers that judge by time (cargo) cannot take an old file for unchanged.
 */
export function mirrorTree(tree: Tree, directory: string, manifestPath: string): MirroredTree {
  const before = readManifest(manifestPath, directory);
  const settled = settledBefore(dirname(manifestPath));
  const after: Record<string, Known> = {};
  const hash = createHash('sha256');
  const files = new Map<string, string>();
  // A manifest may not outlive what it describes: killed in between, the next run starts from nothing.
  const forget = () => fs.rmSync(manifestPath, { force: true });
  removeOthers(directory, '', tree);
  for (const [path, node] of tree) {
    const known = place(join(directory, path), node, before[path], settled, forget);
    after[path] = known;
    if (node.type === 'file') files.set(path, known.digest);
    hash.update(`${path}\0${node.type}\0${node.mode.toString(8)}\0${known.digest}\n`);
  }
  const text = JSON.stringify(after);
  if (text !== JSON.stringify(before) || !fs.existsSync(manifestPath)) writeFileAtomic(manifestPath, text);
  return { digest: hash.digest('hex'), files };
}

function place(
  path: string,
  node: Node,
  before: Known | undefined,
  settled: bigint,
  forget: () => void,
): Known {
  if (node.type === 'directory') {
    fs.mkdirSync(path, { recursive: true });
    return { signature: 'directory', digest: '' };
  }
  if (node.type === 'symlink') {
    const signature = `symlink:${node.linkTarget}`;
    if (before?.signature !== signature) {
      forget();
      fs.rmSync(path, { recursive: true, force: true });
      fs.symlinkSync(node.linkTarget, path);
    }
    return { signature, digest: node.linkTarget };
  }
  if (node.type !== 'file') return { signature: node.type, digest: '' };
  const { content } = node;
  // ctime cannot be set by anyone, so a file that was replaced or edited never keeps its signature.
  const signature =
    content.kind === 'file' ? `${signatureOf(content.path, settled)}:${node.mode}` : unsettled;
  if (before?.signature === signature && !signature.startsWith(unsettled)) return before;
  let digest = digestOf(content);
  if (before?.digest !== digest) {
    forget();
    fs.mkdirSync(dirname(path), { recursive: true });
    fs.rmSync(path, { recursive: true, force: true });
    if (content.kind === 'bytes') fs.writeFileSync(path, content.bytes);
    else {
      fs.copyFileSync(content.path, path, fs.constants.COPYFILE_FICLONE);
      // What was copied counts, should the source have changed in between.
      digest = digestOf({ ...content, path });
    }
  }
  fs.chmodSync(path, node.mode);
  return { signature, digest };
}

function digestOf(content: Content): string {
  if (content.kind === 'file') return hashFile(content.path).digest.slice('sha256:'.length);
  return createHash('sha256').update(content.bytes).digest('hex');
}

/** Of a file that changed a moment ago nothing is known: the next change may leave the same time. */
function signatureOf(path: string, settled: bigint): string {
  const { dev, ino, size, ctimeNs } = fs.statSync(path, { bigint: true });
  return ctimeNs < settled ? `${dev}:${ino}:${size}:${ctimeNs}` : unsettled;
}

/** A manifest of another directory, or of files that somebody removed, is worth nothing. */
function readManifest(manifestPath: string, directory: string): Record<string, Known> {
  const text = fs.existsSync(directory) ? readTextIfThere(manifestPath) : undefined;
  if (text === undefined) {
    fs.rmSync(directory, { recursive: true, force: true });
    fs.mkdirSync(directory, { recursive: true });
    return {};
  }
  try {
    const known = Object.entries(JSON.parse(text) as Record<string, Known>);
    return Object.fromEntries(
      known.filter(([path]) => fs.lstatSync(join(directory, path), { throwIfNoEntry: false })),
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
