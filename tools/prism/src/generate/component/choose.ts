import { failed, generateFailure, ok, type Result } from '@prism-build/errors';

/** The one candidate, or the one that --main names, by any of its names; PROGRAM_AMBIGUOUS lists them. */
export function chooseMain<T>(
  candidates: readonly T[],
  main: string | undefined,
  { where, namesOf }: { where: string; namesOf: (candidate: T) => readonly string[] },
): Result<T> {
  const wanted = main?.replace(/^\.\//, '').replace(/\/$/, '');
  const fitting =
    wanted === undefined ? candidates : candidates.filter((one) => namesOf(one).includes(wanted));
  if (fitting.length === 1) return ok(fitting[0]!);
  const known = candidates.map((one) => namesOf(one)[0]).join(', ');
  if (fitting.length === 0)
    return failed(
      generateFailure('PROGRAM_NOT_FOUND', {
        what: wanted === undefined ? `${where} holds no program` : `${where} has no program ${wanted}`,
        why: known === '' ? undefined : `it has ${known}`,
      }),
    );
  return failed(
    generateFailure('PROGRAM_AMBIGUOUS', { what: `${where} has several programs`, why: `they are ${known}` }),
  );
}
