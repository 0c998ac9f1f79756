import { failed, ok, type Result } from '@prism-build/errors';
import { readDirectives } from '@prism-build/languages';
import { compare } from 'semver';
import { dirtyLock, refuseHalfMerged } from './dirtyLock';

/** The parts of a go.mod that generators need. Other lines are ignored. */
export interface GoModule {
  readonly path: string;
  /** The go directive. */
  readonly go: string;
  /** Modules to versions. */
  readonly requires: ReadonlyMap<string, string>;
  /** The indirect ones. */
  readonly indirect: ReadonlySet<string>;
}

/** Reads a go.mod in the format of the go command. Failure: LOCK_DIRTY, if it has merge markers or names no module. */
export function parseGoModule(text: string, file: string): Result<GoModule> {
  const halfMerged = refuseHalfMerged('used', { file, text });
  if (halfMerged) return halfMerged;
  const directives = readDirectives(text);
  const firstOf = (wanted: string) => directives.find(({ verb }) => verb === wanted)?.values[0];
  const path = firstOf('module');
  const go = firstOf('go');
  if (!path || !go || !/^\d/.test(go))
    return failed(dirtyLock(file, 'used', 'it names no module, or no version of Go'));
  const requires = directives.flatMap(({ verb, values: [module, version], comment }) =>
    verb === 'require' && module !== undefined && version !== undefined
      ? [{ module, version, indirect: comment.startsWith('indirect') }]
      : [],
  );
  return ok({
    path,
    go,
    requires: new Map(requires.map(({ module, version }) => [module, version])),
    indirect: new Set(requires.flatMap(({ module, indirect }) => (indirect ? [module] : []))),
  });
}

/** Merges two lists, with the newer version of each module, as the go command selects them. */
export function mergeRequires(...lists: readonly ReadonlyMap<string, string>[]): Map<string, string> {
  const merged = new Map<string, string>();
  for (const [module, version] of lists.flatMap((list) => [...list])) {
    const other = merged.get(module);
    if (other === undefined || compare(version, other) > 0) merged.set(module, version);
  }
  return new Map([...merged].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The lines of several go.sum files, each once, as the go command sorts them. */
export function mergeSums(...texts: readonly string[]): string {
  const lines = new Set(texts.flatMap((text) => text.split('\n')).filter((line) => line.trim() !== ''));
  return `${[...lines].sort().join('\n')}\n`;
}
