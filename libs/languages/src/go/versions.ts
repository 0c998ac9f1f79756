import { readDirectives } from './directives';

interface Version {
  readonly numbers: readonly number[];
  /** '' for a release. A language version without a patch number sorts before its release candidates. */
  readonly kind: string;
  readonly candidate: number;
}

/** Less than, equal to or greater than zero, as the go command compares versions: 1.27 < 1.27rc1 < 1.27.0. */
export function compareGoVersions(a: string, b: string): number {
  const [left, right] = [parse(a), parse(b)];
  for (const index of [0, 1]) {
    const difference = (left.numbers[index] ?? 0) - (right.numbers[index] ?? 0);
    if (difference !== 0) return difference;
  }
  const steps = [left, right].map(stepOf);
  if (steps[0] !== steps[1]) return steps[0]! - steps[1]!;
  return left.candidate - right.candidate || (left.numbers[2] ?? 0) - (right.numbers[2] ?? 0);
}

const stepOf = ({ numbers, kind }: Version): number =>
  kind === 'beta' ? 1 : kind === 'rc' ? 2 : numbers.length > 2 ? 3 : 0;

function parse(text: string): Version {
  const [, numbers = '0', kind = '', candidate = '0'] =
    /^(\d+(?:\.\d+){0,2})(?:(beta|rc)(\d+))?/.exec(text) ?? [];
  return { numbers: numbers.split('.').map(Number), kind, candidate: Number(candidate) };
}

/** A directive of go.mod or go.work that asks for a version, with its line. */
export interface Wanted {
  readonly verb: 'go' | 'toolchain';
  readonly version: string;
  readonly line: number;
}

/** The `go` and `toolchain` directives of a go.mod or go.work. */
export function parseWanted(text: string): Wanted[] {
  return readDirectives(text).flatMap(({ verb, values, line }): Wanted[] => {
    const version = /^(?:go)?(\d.*)$/.exec(values[0] ?? '')?.[1];
    return (verb === 'go' || verb === 'toolchain') && version ? [{ verb, version, line }] : [];
  });
}
