import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import { dirname, join } from 'node:path';
import type { Node, Tree } from '@prism-build/assemble';
import { readTextIfThere, writeFileAtomic } from '@prism-build/shell';

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
  const after: Record<string, Known> = {};
  const hash = createHash('sha256');
  const files = new Map<string, string>();
  // A manifest may not outlive what it describes: killed in between, the next run starts from nothing.
  const forget = () => fs.rmSync(manifestPath, { force: true });
  removeOthers(directory, '', tree);
  for (const [path, node] of tree) {
    const known = place(join(directory, path), node, before[path], forget);
    after[path] = known;
    if (node.type === 'file') files.set(path, known.digest);
    hash.update(`${path}\0${node.type}\0${node.mode.toString(8)}\0${known.digest}\n`);
  }
  const text = JSON.stringify(after);
  if (text !== JSON.stringify(before) || !fs.existsSync(manifestPath)) writeFileAtomic(manifestPath, text);
  return { digest: hash.digest('hex'), files };
}

function place(path: string, node: Node, before: Known | undefined, forget: () => void): Known {
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
  // ctime cannot be set by anyone, so a file that was replaced or edited never keeps its signature.
  const signature =
    node.content.kind === 'file' ? `${signatureOf(node.content.path)}:${node.mode}` : 'inline';
  if (before?.signature === signature && signature !== 'inline') return before;
  const bytes = node.content.kind === 'file' ? fs.readFileSync(node.content.path) : node.content.bytes;
  const digest = createHash('sha256').update(bytes).digest('hex');
  if (before?.digest !== digest) {
    forget();
    fs.mkdirSync(dirname(path), { recursive: true });
    fs.rmSync(path, { recursive: true, force: true });
    fs.writeFileSync(path, bytes, { mode: node.mode });
  }
  fs.chmodSync(path, node.mode);
  return { signature, digest };
}

function signatureOf(path: string): string {
  const { dev, ino, size, ctimeNs } = fs.statSync(path, { bigint: true });
  return `${dev}:${ino}:${size}:${ctimeNs}`;
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
