import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Tree } from '@nx/devkit';
import { createTreeWithEmptyWorkspace } from '@nx/devkit/testing';

const repository = join(__dirname, '..', '..', '..', '..', '..');

/** A workspace in memory with these files. */
export function treeOf(files: Record<string, string>): Tree {
  const tree = createTreeWithEmptyWorkspace();
  for (const [path, text] of Object.entries(files)) tree.write(path, text);
  return tree;
}

/** What of this repository a plugin is made with. */
export function sdkFiles(): Record<string, string> {
  const own = ['go.work', 'nx.json', 'libs/plugin-sdk/go.mod', 'libs/plugin-sdk/go.sum'];
  const rust = ['Cargo.toml', 'Cargo.lock', 'libs/plugin-sdk-rust/Cargo.toml'];
  const python = ['requirements.in', 'requirements.lock', 'prism_plugin_sdk/__init__.py'].map(
    (name) => `libs/plugin-sdk-python/${name}`,
  );
  const messages = 'libs/proto/gen/python/prism/keyvalue/v1/keyvalue_pb2.py';
  const runtimes = ['native', 'sqlite'].map((name) => `containerfiles/python-${name}/Containerfile`);
  const files = [
    ...own,
    ...rust,
    ...python,
    messages,
    ...runtimes,
    'libs/proto/gen/go/go.mod',
    'libs/proto/gen/go/go.sum',
  ];
  return Object.fromEntries(files.map((file) => [file, readFileSync(join(repository, file), 'utf8')]));
}

/** Every file of a tree with its text: to say that nothing, or only this, was changed. */
export function snapshot(tree: Tree, directory = '.'): Record<string, string> {
  return Object.assign(
    {},
    ...tree.children(directory).map((name) => {
      const path = directory === '.' ? name : `${directory}/${name}`;
      return tree.isFile(path) ? { [path]: tree.read(path, 'utf-8') } : snapshot(tree, path);
    }),
  );
}

/** What a generator printed, and the message that it ended with. */
export async function outcome(run: () => Promise<unknown>): Promise<{ output: string; error: string }> {
  const lines: string[] = [];
  const spy = jest.spyOn(process.stdout, 'write').mockImplementation((text) => {
    lines.push(String(text));
    return true;
  });
  try {
    await run();
    return { output: lines.join(''), error: '' };
  } catch (error) {
    return { output: lines.join(''), error: error instanceof Error ? error.message : String(error) };
  } finally {
    spy.mockRestore();
  }
}
