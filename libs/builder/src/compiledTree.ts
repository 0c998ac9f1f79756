import { join } from 'node:path';
import type { Node, Tree } from '@prism-build/assemble';
import { type CompileManifest, platformDirectory } from './compileManifest';

/** A compile's files for a platform, as the tree that the compile stage would have: below `out/`. */
export function compiledTree(
  manifest: CompileManifest,
  platform: string,
  directory: string,
): Tree | undefined {
  const found = manifest.platforms.find((one) => one.platform === platform);
  if (!found) return undefined;
  const tree = new Map<string, Node>([['out', { type: 'directory', mode: 0o755, uid: 0, gid: 0 }]]);
  for (const { path, mode, size } of found.files) {
    const parts = `out/${path}`.split('/');
    for (let depth = 1; depth < parts.length; depth++) {
      const parent = parts.slice(0, depth).join('/');
      if (!tree.has(parent)) tree.set(parent, { type: 'directory', mode: 0o755, uid: 0, gid: 0 });
    }
    const node: Node = {
      type: 'file',
      mode: Number.parseInt(mode, 8),
      uid: 0,
      gid: 0,
      content: { kind: 'file', path: join(directory, platformDirectory(platform), path), size },
    };
    tree.set(`out/${path}`, node);
  }
  return tree;
}
