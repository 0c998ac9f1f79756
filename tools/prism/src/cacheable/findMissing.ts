import type { Output } from '../inference/declared/listOutputs';
import type { OutputIndex } from '../inference/declared/outputIndex';
import { matches } from '../inference/declared/patterns';
import type { Maker } from '../inference/outputs/findMakers';
import { findMakers } from '../inference/outputs/findMakers';
import type { Taken } from '../inference/read/takes';

export interface MissingRequest {
  readonly project: string;
  readonly taken: readonly Taken[];
  /** Outputs of all final targets, including those that plugins inferred. */
  readonly outputs: OutputIndex;
  /** Outputs of the tasks that this one waits for, and the paths that the option `from` assigns to them. */
  readonly waitedFor: readonly string[];
  readonly isThere: (path: string) => boolean;
  readonly leftOut: (path: string) => boolean;
}

export interface Missing {
  /** Targets that make something that was copied, and that the task does not wait for. */
  readonly makers: readonly Maker[];
  /** Paths that git ignores and that no target makes. */
  readonly unknown: readonly Taken[];
}

/** Sources of a step that Nx did not wait for: outputs of another target, or ignored paths that no known target makes. */
export function findMissing(request: MissingRequest): Missing {
  const { project, taken, outputs, waitedFor, isThere, leftOut } = request;
  const waited = (path: string) => waitedFor.some((output) => matches(path, output));
  const near = new Set(
    taken.flatMap(({ path }): readonly Output[] => (path === '' ? outputs.of(project) : outputs.near(path))),
  );
  const options = { project, onlyFiles: true, leftOut, runsBefore: () => false };
  const found = findMakers(taken, [...near], options);
  const makers = found.makers.flatMap((maker) => {
    const paths = maker.paths.filter((path) => !waited(path) && isThere(path));
    return paths.length > 0 ? [{ ...maker, paths }] : [];
  });
  const unknown = taken.filter(
    ({ path, ignored }) =>
      ignored &&
      !waited(path) &&
      !waitedFor.some((output) => matches(output, path)) &&
      !makers.some((maker) => maker.paths.some((one) => matches(one, path) || matches(path, one))),
  );
  return { makers, unknown };
}
