import { hasGlob } from '@prism-build/containerfile';
import { expandSource, type Files, type IsIgnored } from '@prism-build/workspace';
import type { OutputIndex } from '../declared/outputIndex';
import { relate } from '../declared/patterns';
import type { Presence } from './findContext';
import type { StatedContext } from './stated';

/**
 * Whether a target makes a path: 3 where the path is an output or holds one, 2 where it lies in an output, 0 where no
 * target is known.
 */
export type MadeBy = (path: string, ignored: boolean) => 0 | 2 | 3;

export function openMadeBy(outputs: OutputIndex): MadeBy {
  return (path, ignored) => {
    const relations = outputs.near(path).flatMap((output) => {
      if (!output.declared && !ignored) return [];
      const relation = relate(path, output.path);
      if (relation === 'apart') return [];
      return [relation === 'around' || relate(output.path, path) === 'inside' ? 3 : 2];
    });
    return relations.includes(3) ? 3 : relations.length > 0 ? 2 : 0;
  };
}

/** Answers about outputs that a component got; the next run asks the same questions again. */
export type Asked = readonly (readonly [path: string, ignored: boolean, answer: number])[];

/** Data about contexts from the rest of the workspace. */
export interface ContextFacts {
  readonly stated: ReadonlyMap<string, readonly StatedContext[]>;
  readonly madeBy: MadeBy;
}

/** Whether the data from the rest of the workspace is unchanged. */
export function saysTheSame(
  file: string,
  before: { readonly stated: readonly StatedContext[]; readonly asked: Asked },
  { stated, madeBy }: ContextFacts,
): boolean {
  const now = stated.get(file) ?? [];
  // Most have none.
  const same =
    now.length === 0 ? before.stated.length === 0 : JSON.stringify(now) === JSON.stringify(before.stated);
  return same && before.asked.every(([path, ignored, answer]) => madeBy(path, ignored) === answer);
}

export interface WatchedPresence {
  readonly presence: Presence;
  /** The questions about outputs, and their answers. */
  readonly asked: () => Asked;
}

/** On the disk, or made by a target, or named after the project as Nx's own defaults are: `dist/apps/api` of apps/api. */
export function openPresence(
  directory: string,
  files: Files,
  isIgnored: IsIgnored,
  madeBy: MadeBy,
): WatchedPresence {
  const asked: (readonly [string, boolean, number])[] = [];
  const presence: Presence = (path) => {
    if (path.startsWith('..')) return 0;
    if (exists(path, files)) return 3;
    const ignored = isIgnored(path);
    const answer = madeBy(path, ignored);
    asked.push([path, ignored, answer]);
    if (answer > 0) return answer;
    return ignored && !path.startsWith(`${directory}/`) && `${path}/`.includes(`/${directory}/`) ? 1 : 0;
  };
  return { presence, asked: () => asked };
}

/** A pattern needs one match. */
function exists(path: string, files: Files): boolean {
  return hasGlob(path) ? expandSource('.', path, files).length > 0 : files.kindOf(path) !== 'none';
}
