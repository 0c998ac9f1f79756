import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { failed, imageFailure, type Result } from '@prism-build/errors';
import { attempt, temporaryBeside, walkDirectory, writeFileAtomic } from '@prism-build/shell';
import type { RenderedFiles } from '@prism-build/stack';

/** The file by which `render` knows a directory of its own. */
const mark = '.prism-render';

/**
 * Replaces a directory by rendered files, so that no file of an earlier rendering stays. Failure: OPTIONS_INVALID for a
 * directory with other files, which is left as it is.
 */
export async function writeDirectory(
  directory: string,
  output: string,
  files: RenderedFiles,
): Promise<Result<void>> {
  if (existsSync(directory) && !isOurs(directory)) {
    const what = `option output of render is ${output}, which render has not made`;
    const remedy = 'Name a directory that does not exist, or remove this one.';
    return failed(imageFailure('OPTIONS_INVALID', { what, remedy }));
  }
  return attempt(`cannot write ${output}`, () => {
    mkdirSync(dirname(directory), { recursive: true });
    const fresh = temporaryBeside(directory);
    const old = temporaryBeside(directory);
    try {
      for (const [path, text] of Object.entries(files)) writeFileAtomic(join(fresh, path), text);
      writeFileAtomic(join(fresh, mark), `${Object.keys(files).join('\n')}\n`);
      if (existsSync(directory)) renameSync(directory, old);
      renameSync(fresh, directory);
    } finally {
      for (const path of [fresh, old]) rmSync(path, { recursive: true, force: true });
    }
  });
}

/** Whether a directory has only files that `render` wrote. */
function isOurs(directory: string): boolean {
  try {
    const found = [...walkDirectory(directory)]
      .filter(({ entry }) => !entry.isDirectory())
      .map(({ path }) => path);
    if (found.length === 0) return true;
    const written = new Set([mark, ...readFileSync(join(directory, mark), 'utf8').split('\n')]);
    return found.every((path) => written.has(path));
  } catch {
    return false;
  }
}
