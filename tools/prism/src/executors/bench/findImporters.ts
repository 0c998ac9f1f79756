import { join } from 'node:path';
import { readTextIfThere, walkDirectory } from '@prism-build/shell';

/** Directories with sources of others. */
const foreign = /(^|\/)(node_modules|vendor|testdata|\.[^/]+)(\/|$)/;

/**
 * For each Go package, the first file of a project that imports it, or else one that imports the nearest package above it,
 * through which it came in. Paths are relative to the project.
 */
export function findImporters(directory: string, packages: readonly string[]): ReadonlyMap<string, string> {
  const files = listGoFiles(directory);
  const importers = new Map<string, string>();
  for (const file of files) {
    const text = readTextIfThere(join(directory, file)) ?? '';
    for (const [, path = ''] of text.matchAll(/^\s*(?:import\s+)?(?:[\w.]+\s+)?"([^"\s]+)"\s*$/gm))
      if (!importers.has(path)) importers.set(path, file);
  }
  return new Map(
    packages.flatMap((name) => {
      for (let at = name; at !== ''; at = at.slice(0, Math.max(at.lastIndexOf('/'), 0))) {
        const file = importers.get(at);
        if (file !== undefined) return [[name, file] as const];
      }
      return [];
    }),
  );
}

function listGoFiles(directory: string): string[] {
  try {
    return [...walkDirectory(directory)]
      .map(({ path }) => path)
      .filter((file) => file.endsWith('.go') && !file.endsWith('_test.go') && !foreign.test(file))
      .sort();
  } catch {
    return [];
  }
}
