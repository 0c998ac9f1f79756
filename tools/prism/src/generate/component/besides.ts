import { dirname, join, relative } from 'node:path/posix';
import type { Sources } from './program';

const literals = (text: string) => [...text.matchAll(/["']([^"'\n]+)["']/g)].map(([, part]) => part!);

/**
 * Paths that Python sources name relative to themselves, such as `Path(__file__).parent / "data"`: locations by the path
 * from `root`.
 */
export function findBesides(sources: Sources, files: readonly string[], root: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const file of files) {
    const text = sources.read(file) ?? '';
    const paths = [
      ...[
        ...text.matchAll(
          /Path\(__file__\)(?:\.resolve\(\)|\.absolute\(\))?((?:\.parent)+)((?:\s*\/\s*["'][^"'\n]+["'])+)/g,
        ),
      ].map(([, up, parts]) => join(file, ...up!.match(/\.parent/g)!.map(() => '..'), ...literals(parts!))),
      ...[
        ...text.matchAll(
          /join\(\s*(?:os\.path\.)?dirname\((?:os\.path\.abspath\()?__file__\)\)?((?:\s*,\s*["'][^"'\n]+["'])+)/g,
        ),
      ].map(([, parts]) => join(dirname(file), ...literals(parts!))),
    ];
    for (const path of paths) {
      const named = relative(root, path);
      const there = sources.read(path) !== undefined || sources.list(path).length > 0;
      if (there && !named.startsWith('..') && named !== '') found.set(named, path);
    }
  }
  return found;
}
