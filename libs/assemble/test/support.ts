import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ignoreNothing, parseContainerfile } from '@prism-build/containerfile';
import type { Result } from '@prism-build/errors';
import { type ImagePlan, planImage, resolveReads } from '@prism-build/plan';
import { type AssembledPlatform, assemblePlatform, type Node, type Tree } from '../src/index';

/** A directory with these files (text, or `-> target` for a link), removed when the work is done. */
export async function withFiles<T>(
  files: Readonly<Record<string, string>>,
  work: (directory: string) => T | Promise<T>,
): Promise<T> {
  const directory = mkdtempSync(join(tmpdir(), 'prism-assemble-'));
  try {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(directory, path)), { recursive: true });
      if (text.startsWith('-> ')) symlinkSync(text.slice(3), join(directory, path));
      else writeFileSync(join(directory, path), text);
    }
    return await work(directory);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

export const noRules = ignoreNothing;

export function file(bytes: string | Uint8Array, mode = 0o644): Node {
  return { type: 'file', mode, uid: 0, gid: 0, content: { kind: 'bytes', bytes: Buffer.from(bytes) } };
}

export function treeOf(nodes: Readonly<Record<string, Node>>): Tree {
  return new Map(Object.entries(nodes));
}

function plan(text: string): Result<ImagePlan> {
  const containerfile = parseContainerfile(text, 'app/Containerfile');
  if (!containerfile.ok) return containerfile;
  const platform = { os: 'linux', architecture: 'amd64' };
  const options = {
    containerfile: containerfile.value,
    context: 'app',
    platforms: [platform],
    buildPlatform: platform,
    buildArgs: {},
    compression: 'none' as const,
  };
  return planImage(resolveReads(options), options);
}

/** FROM scratch and these lines, which start in line 2, with a context in memory. */
export async function assemble(lines: readonly string[], context: Tree): Promise<Result<AssembledPlatform>> {
  const planned = plan(['FROM scratch', ...lines, ''].join('\n'));
  if (!planned.ok) return planned;
  return assemblePlatform(planned.value.platforms[0]!, 'app/Containerfile', { context, compile: undefined });
}

/** `CODE file:line` of every failure. */
export function codes(result: Result<unknown>): string[] {
  if (result.ok) return [];
  return result.failures.map(({ code, at }) =>
    [code, at && [at.file, at.line].filter(Boolean).join(':')].filter(Boolean).join(' '),
  );
}
