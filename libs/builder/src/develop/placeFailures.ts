import { posix, relative } from 'node:path';
import type { Tree } from '@prism-build/assemble';
import type { Failure, Place } from '@prism-build/errors';

/** `./main.go:10:91: …` of Go and C, `  --> src/main.rs:3:5` of Rust, `File "app/x.py", line 3` of Python. */
const places = /(?:^|-->|\s)\s*([\w./@+-]+\.\w+):(\d+)(?::\d+)?\b|File "([^"]+)", line (\d+)/gm;

/**
 * Failures of a compile, each at the first place in the sources that its output names. Without one, a failure keeps its
 * place: the command in the Containerfile.
 *
 * @param tree the sources as the compiler saw them
 * @param working its working directory in that tree
 */
export function placeFailures(
  failures: readonly Failure[],
  tree: Tree,
  working: string,
  root: string,
): Failure[] {
  return failures.map((failure) => {
    if (!failure.code.startsWith('COMPILE_')) return failure;
    const at = findPlace(failure.why ?? '', tree, working, root);
    return at ? { ...failure, at } : failure;
  });
}

function findPlace(text: string, tree: Tree, working: string, root: string): Place | undefined {
  for (const [, path, line, quoted, quotedLine] of text.matchAll(places)) {
    const named = path ?? quoted ?? '';
    // Paths are relative to the working directory, or, in a workspace of cargo, to a directory above it.
    for (let directory = working.replace(/^\/+/, ''); ; directory = posix.dirname(directory)) {
      const node = tree.get(posix.join(directory, named));
      if (node?.type === 'file' && node.content.kind === 'file')
        return { file: relative(root, node.content.path), line: Number(line ?? quotedLine) };
      if (directory === '.' || directory === '') break;
    }
  }
  return undefined;
}
