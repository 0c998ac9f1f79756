import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { generateFiles, type Tree } from '@nx/devkit';
import { failed, generateFailure, ok, type Result } from '@prism-build/errors';

/** New contents by path, relative to the workspace. */
export type Files = ReadonlyMap<string, string>;

/** Variables of templates. A name between double underscores in a path is replaced too. */
export type Words = Readonly<Record<string, unknown>>;

/** Renders folders of templates into a directory of the workspace; a later folder replaces files of an earlier one. */
export function renderTemplates(folders: readonly string[], directory: string, words: Words): Files {
  const files = new Map<string, string>();
  // generateFiles takes a tree, but calls only these two functions.
  const recorder = {
    exists: () => false,
    write: (path: string, content: string | Buffer) => files.set(path, content.toString()),
  } as unknown as Tree;
  for (const folder of folders) {
    generateFiles(recorder, join(templatesDirectory(), folder), directory, { ...words });
  }
  return files;
}

/** Beside generators.json, wherever this file was compiled to. */
function templatesDirectory(directory = __dirname): string {
  const parent = dirname(directory);
  if (existsSync(join(directory, 'generators.json')) || parent === directory)
    return join(directory, 'templates');
  return templatesDirectory(parent);
}

/**
 * Writes new files and returns their paths. Existing files with the same content stay, so that a generator may run twice.
 * If another file differs, nothing is written. Failure: FILE_DIFFERS for each.
 */
export function placeFiles(tree: Tree, files: Files, executable: readonly string[] = []): Result<string[]> {
  const isNew = (path: string) => !tree.exists(path);
  const differing = [...files].filter(([path, text]) => !isNew(path) && tree.read(path, 'utf-8') !== text);
  if (differing.length > 0) {
    return failed(
      ...differing.map(([file]) =>
        generateFailure('FILE_DIFFERS', {
          what: 'this file is there already, and is not what the generator writes',
          at: { file },
        }),
      ),
    );
  }
  const fresh = [...files].filter(([path]) => isNew(path));
  for (const [path, text] of fresh) {
    tree.write(path, text, executable.includes(path) ? { mode: 0o755 } : undefined);
  }
  return ok(fresh.map(([path]) => path));
}

/** Writes an edited file. Skips an unchanged text, so that a dry run does not list it. */
export function updateFile(tree: Tree, path: string, text: string): boolean {
  if (tree.exists(path) && tree.read(path, 'utf-8') === text) return false;
  tree.write(path, text);
  return true;
}
