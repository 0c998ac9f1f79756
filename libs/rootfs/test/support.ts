import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Node, Tree } from '@prism-build/assemble';
import type { Result } from '@prism-build/errors';

/** A package that dpkg-deb made, in each of the ways that it compresses. */
export function readFixture(compression: 'xz' | 'gzip' | 'zstd' | 'none'): Buffer {
  return readFileSync(join(__dirname, 'fixtures', `hello-${compression}.deb`));
}

export function unwrap<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(JSON.stringify(result.failures, null, 2));
  return result.value;
}

export function codesOf(result: Result<unknown>): string[] {
  return result.ok ? [] : result.failures.map(({ code }) => code);
}

/** A tree for people: a line a path, with type, mode, owner, and link target or text. */
export function listTree(tree: Tree): string[] {
  return [...tree].map(([path, node]) => {
    const rest = node.type === 'symlink' ? `-> ${node.linkTarget}` : '';
    const text = node.type === 'file' && node.content.kind === 'bytes' ? firstLine(node.content.bytes) : '';
    return `${node.type} ${node.mode.toString(8)} ${node.uid}:${node.gid} ${path} ${rest || text}`.trimEnd();
  });
}

function firstLine(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('utf8').split('\n')[0]!;
}

/** A tree of files with their text, directories above them included. */
export function treeOf(files: Readonly<Record<string, string>>): Tree {
  const tree = new Map<string, Node>();
  for (const [path, text] of Object.entries(files)) {
    const parts = path.split('/');
    for (let depth = 1; depth < parts.length; depth++)
      tree.set(parts.slice(0, depth).join('/'), { type: 'directory', mode: 0o755, uid: 0, gid: 0 });
    const bytes = Buffer.from(text);
    tree.set(path, { type: 'file', mode: 0o644, uid: 0, gid: 0, content: { kind: 'bytes', bytes } });
  }
  return tree;
}

/** A server on loopback; `answer` gives bytes, or a status. */
export interface Mirror {
  readonly url: string;
  readonly asked: string[];
  readonly close: () => Promise<void>;
}

export async function startMirror(
  answer: (path: string, request: IncomingMessage) => Uint8Array | number,
): Promise<Mirror> {
  const asked: string[] = [];
  const server: Server = createServer((request, response) => {
    const path = decodeURIComponent(request.url ?? '');
    asked.push(path);
    const found = answer(path, request);
    if (typeof found === 'number') response.writeHead(found).end();
    else response.end(found);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/debian`,
    asked,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
