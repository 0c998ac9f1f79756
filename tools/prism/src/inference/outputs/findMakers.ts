import { hasGlob } from '@prism-build/containerfile';
import type { Output } from '../declared/listOutputs';
import { matches, type Relation, relate } from '../declared/patterns';
import type { Taken } from '../read/takes';

/** A target that makes what is copied. */
export interface Maker {
  readonly project: string;
  readonly target: string;
  /** The part of its output that is taken, as patterns of Nx; all below each counts too. */
  readonly paths: readonly string[];
  readonly line: number;
}

/** A path that more than one target makes, or that one makes in a configuration that is not the default. */
export interface Doubt {
  readonly taken: Taken;
  readonly outputs: readonly Output[];
}

export interface Makers {
  readonly makers: readonly Maker[];
  readonly doubts: readonly Doubt[];
}

export interface MakerOptions {
  /** The project whose image it is. */
  readonly project: string;
  /** Whether the image is made of files alone: no RUN can make what COPY does not bring. */
  readonly onlyFiles: boolean;
  /** Whether the ignore file of the context leaves a path out. */
  readonly leftOut: (path: string) => boolean;
  /** Whether a target runs before another one, so that the other one decides the content of a path. */
  readonly runsBefore: (one: Output, other: Output) => boolean;
}

/** Finds the targets that make what is taken. */
export function findMakers(
  taken: readonly Taken[],
  outputs: readonly Output[],
  options: MakerOptions,
): Makers {
  const makers: Maker[] = [];
  const doubts: Doubt[] = [];
  for (const one of taken) {
    const found = outputs.flatMap((output) => {
      const relation = relationOf(one, output, options);
      return relation === 'apart' ? [] : [{ output, relation }];
    });
    const holders = found.flatMap(({ output, relation }) => (relation === 'inside' ? [output] : []));
    const within = found.flatMap(({ output, relation }) => (relation === 'around' ? [output] : []));
    for (const rivals of groupRivals(one, holders)) {
      const usual = rivals.filter(({ configuration }) => configuration === undefined);
      const chosen = usual.length > 1 ? chooseOne(usual, options) : usual;
      if (chosen.length === 0) doubts.push({ taken: one, outputs: rivals });
      for (const output of chosen) makers.push(toMaker(output, one, one.path));
    }
    for (const output of within.filter(({ configuration }) => configuration === undefined))
      makers.push(toMaker(output, one, output.path));
  }
  return { makers: merge(makers), doubts };
}

/** How an output relates to what is taken. */
function relationOf(taken: Taken, output: Output, { project, onlyFiles, leftOut }: MakerOptions): Relation {
  const relation = relate(taken.path, output.path);
  if (relation === 'apart') return relation;
  const inner = relation === 'inside' ? taken.path : output.path;
  if (output.except.some((pattern) => matches(inner, pattern)) || leftOut(inner)) return 'apart';
  // A default output of `build` may be a source directory: `public`.
  if (!output.declared && !taken.ignored) return 'apart';
  if (relation === 'inside' || taken.ignored) return relation;
  // A directory of sources that holds outputs too. With a RUN the image's own build is likely to make them.
  const own = output.project === project;
  return onlyFiles && (own || taken.path !== '') ? relation : 'apart';
}

/**
 * Outputs that make the same of what is taken. The most exact output makes a path; several outputs may
 * each make a part of a pattern.
 */
function groupRivals({ path }: Taken, holders: readonly Output[]): readonly (readonly Output[])[] {
  if (hasGlob(path)) {
    const groups = new Map<string, Output[]>();
    for (const output of holders) groups.set(output.path, [...(groups.get(output.path) ?? []), output]);
    return [...groups.values()];
  }
  const depth = (output: Output) => output.path.split('/').length;
  const deepest = Math.max(...holders.map(depth));
  return holders.length === 0 ? [] : [holders.filter((output) => depth(output) === deepest)];
}

/** Of targets that make the same: the one that runs last, or the one that is called `build`. */
function chooseOne(outputs: readonly Output[], { runsBefore }: MakerOptions): Output[] {
  const tasks = new Map(outputs.map((output) => [`${output.project}:${output.target}`, output]));
  const all = [...tasks.values()];
  if (all.length === 1) return all;
  const last = all.filter((one) => all.every((other) => other === one || runsBefore(other, one)));
  if (last.length === 1) return last;
  const builds = all.filter(({ target }) => target === 'build');
  return builds.length === 1 ? builds : [];
}

function toMaker({ project, target }: Output, { line }: Taken, path: string): Maker {
  return { project, target, line, paths: [path] };
}

/** One maker for each target, with everything that is taken from it. */
function merge(makers: readonly Maker[]): Maker[] {
  const merged = new Map<string, Maker>();
  for (const one of makers) {
    const key = `${one.project}\0${one.target}`;
    const known = merged.get(key);
    const paths = [...new Set([...(known?.paths ?? []), ...one.paths])];
    merged.set(key, { ...one, line: known?.line ?? one.line, paths });
  }
  return [...merged.values()];
}
