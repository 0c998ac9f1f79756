import { lstatSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, normalize, resolve } from 'node:path';
import { all, failed, imageFailure, ok, type Result } from '@prism-build/errors';

/** A file that a component finds only while it is measured. */
export interface StartFile {
  /** Absolute, in the image. */
  readonly path: string;
  readonly content: Buffer;
}

/** Reads the files of the option `files`, by path in the image. Failure: OPTIONS_INVALID, of all of them. */
export function readFiles(root: string, files: Readonly<Record<string, string>>): Result<StartFile[]> {
  const read = Object.entries(files).map(([path, source]): Result<StartFile> => {
    const content = readFile(resolve(root, source));
    const why = explainPath(path);
    if (why === undefined && content) return ok({ path, content });
    const what = `option files of bench: ${why ?? `there is no file ${source}`}`;
    return failed(imageFailure('OPTIONS_INVALID', { what }));
  });
  return all(read);
}

function readFile(file: string): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch {
    return undefined;
  }
}

function explainPath(path: string): string | undefined {
  if (!path.startsWith('/') || path.endsWith('/') || normalize(path) !== path)
    return `${path} is no absolute path of a file in the image`;
  // The separator of an engine's option.
  return path.includes(':') ? `${path} contains a colon` : undefined;
}

/**
 * Writes them into the files of an image. A symbolic link of the image could lead out of `root`, so none is followed. Failure:
 * OPTIONS_INVALID.
 */
export function writeFiles(root: string, files: readonly StartFile[]): Result<void> {
  for (const { path, content } of files) {
    const link = findLink(root, path);
    if (link !== undefined) {
      const what = `option files of bench: ${link} is a symbolic link in the image, so ${path} cannot be written`;
      const remedy = 'Name the path that the link leads to.';
      return failed(imageFailure('OPTIONS_INVALID', { what, remedy }));
    }
    mkdirSync(dirname(join(root, path)), { recursive: true });
    // It may be a hard link to another file of the image.
    rmSync(join(root, path), { force: true });
    writeFileSync(join(root, path), content, { mode: 0o644 });
  }
  return ok(undefined);
}

/** The first directory above a path that is a symbolic link. */
function findLink(root: string, path: string): string | undefined {
  const parts = dirname(path).split('/').filter(Boolean);
  return parts
    .map((_, at) => `/${parts.slice(0, at + 1).join('/')}`)
    .find((one) => lstatSync(join(root, one), { throwIfNoEntry: false })?.isSymbolicLink());
}
