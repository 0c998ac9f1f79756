import * as fs from 'node:fs';
import { join } from 'node:path';
import { hasGlob, type Source } from '@prism-build/containerfile';

/**
 * Sources together with what symbolic links on their way lead to: COPY follows them, Nx does not. Links lead
 * nowhere out of the context, as for the engines: `/x` and `../x` begin at its root. `links` is shared by components
 * that are read together: most of their paths begin alike.
 */
export function followSources(
  context: string,
  sources: readonly Source[],
  links: LinkReader = openLinks(),
): Source[] {
  const found = new Map<string, Source>();
  const visit = (path: string): void => {
    const clean = join('/', path).slice(1);
    if (found.has(clean) || found.size > 1000) return;
    found.set(clean, {
      kind: 'path',
      path: clean === '' ? '.' : clean,
      glob: hasGlob(clean),
      directory: false,
    });
    const parts = clean.split('/');
    for (let depth = 1; depth <= parts.length; depth++) {
      const before = parts.slice(0, depth - 1).join('/');
      for (const name of links.namesOf(join(context, before), parts[depth - 1]!)) {
        const target = links.read(join(context, before, name));
        if (target === undefined) continue;
        const start = target.startsWith('/') ? '/' : join('/', before);
        visit(join(start, target, ...parts.slice(depth)));
      }
      if (hasGlob(parts[depth - 1]!)) return;
    }
  };
  for (const source of sources) if (source.kind === 'path') visit(source.path === '.' ? '' : source.path);
  const given = new Set(sources.flatMap((source) => (source.kind === 'path' ? [source.path] : [])));
  return [...sources, ...[...found.values()].filter((one) => one.kind === 'path' && !given.has(one.path))];
}

export interface LinkReader {
  /** What a link leads to; undefined where there is none. */
  readonly read: (path: string) => string | undefined;
  /** The names in a directory that a part of a path may stand for, as far as they may be links. */
  readonly namesOf: (directory: string, part: string) => readonly string[];
}

/** Looks at every path once: for one inference, in which nothing changes. */
export function openLinks(): LinkReader {
  return {
    read: once(readLink),
    namesOf: (directory, part) => (hasGlob(part) ? listLinks(directory) : [part]),
  };
}

function once<T>(work: (path: string) => T): (path: string) => T {
  const known = new Map<string, T>();
  return (path) => {
    if (!known.has(path)) known.set(path, work(path));
    return known.get(path)!;
  };
}

/** A pattern may match any link of its directory; one too many only makes a key wider. */
function listLinks(directory: string): string[] {
  try {
    const entries = fs.readdirSync(directory, { withFileTypes: true });
    return entries.filter((entry) => entry.isSymbolicLink()).map(({ name }) => name);
  } catch {
    return [];
  }
}

function readLink(path: string): string | undefined {
  try {
    // Far more paths are no links than are, and an exception costs more than the question.
    if (!fs.lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink()) return undefined;
    return fs.readlinkSync(path);
  } catch {
    return undefined;
  }
}
