import * as fs from 'node:fs';
import { join, relative } from 'node:path';
import type { ExecutorContext } from '@nx/devkit';
import { digestOf } from '@prism-build/oci';
import { openGitIgnore, readBelow } from '@prism-build/workspace';

/** The tests of a component, which are in its project and usually not in its image. */
export interface Tests {
  /** The files of the project that git does not ignore; absolute. */
  readonly list: () => readonly string[];
  /** Whether files of the project have another content than at the last call. What git ignores is none: tests write such files. */
  readonly areOther: (changed: readonly string[]) => boolean;
}

/** Directories of packages, results and caches, whatever the ignore files say. */
const skipped = new Set(['node_modules', 'dist', 'target', '__pycache__']);

/**
 * The tests of those components that have a target `test`.
 *
 * @param known those of the pod before: they see also what changed while it was replaced
 */
export function findTests(
  projects: readonly string[],
  { root, projectsConfigurations }: ExecutorContext,
  known: ReadonlyMap<string, Tests> = new Map(),
): ReadonlyMap<string, Tests> {
  return new Map(
    projects.flatMap((project) => {
      const found = projectsConfigurations.projects[project];
      if (!found?.targets?.test) return [];
      return [[project, known.get(project) ?? openTests(root, join(root, found.root))] as const];
    }),
  );
}

function openTests(root: string, directory: string): Tests {
  const isSource = (path: string, isIgnored: (path: string) => boolean) => {
    const parts = relative(directory, path).split('/');
    return (
      !parts.some((part) => part.startsWith('.') || skipped.has(part)) && !isIgnored(relative(root, path))
    );
  };
  const list = () => {
    const isIgnored = openGitIgnore(readBelow(root));
    const below = (at: string): string[] =>
      fs.readdirSync(at, { withFileTypes: true }).flatMap((entry) => {
        const path = join(at, entry.name);
        if (!isSource(path, isIgnored)) return [];
        if (entry.isDirectory()) return below(path);
        return entry.isFile() ? [path] : [];
      });
    return below(directory);
  };
  const digests = new Map(list().map((path) => [path, digestAt(path)]));
  return {
    list,
    areOther: (changed) => {
      const isIgnored = openGitIgnore(readBelow(root));
      const other = changed.filter((path) => {
        if (!path.startsWith(`${directory}/`) || !isSource(path, isIgnored)) return false;
        const digest = digestAt(path);
        const isOther = digest !== digests.get(path);
        if (digest === undefined) digests.delete(path);
        else digests.set(path, digest);
        return isOther;
      });
      return other.length > 0;
    },
  };
}

/** Of the content of a file; undefined if there is none. */
function digestAt(path: string): string | undefined {
  try {
    return digestOf(fs.readFileSync(path));
  } catch {
    return undefined;
  }
}
