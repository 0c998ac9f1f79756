import { basename } from 'node:path';
import { compileFailure, type Failure } from '@prism-build/errors';
import { below, upwards } from '../closure';
import type { CheckedSources } from '../language';
import { isOne, readProjectPython, readVersionFile, type Statement } from './versions';

/**
 * Compares the pinned Python with the one that the sources require: the nearest `.python-version` and pyproject.toml
 * beside or above each of `starts`. Failure: TOOLCHAIN_DIFFERS.
 */
export function checkStatedPython(
  starts: readonly string[],
  version: string,
  sources: Pick<CheckedSources, 'facts' | 'placeOf'>,
): Failure[] {
  const nearest = (name: string, read: (text: string) => readonly Statement[]) => {
    const statementsOf = (path: string) => sources.facts(path, `python-${name}`, read) ?? [];
    const paths = starts.flatMap((start) => {
      const files = upwards(start).map((directory) => below(directory, name));
      return files.find((file) => statementsOf(file).length > 0) ?? [];
    });
    return [...new Set(paths)].flatMap((path) =>
      statementsOf(path).map((statement) => ({ path, statement })),
    );
  };
  const stated = [
    ...nearest('.python-version', readVersionFile),
    ...nearest('pyproject.toml', readProjectPython),
  ];
  return stated.flatMap(({ path, statement }) => {
    if (isOne(statement, version)) return [];
    const { text, ranges, line } = statement;
    const minor = version.split('.').slice(0, 2).join('.');
    const fitting = basename(path) === '.python-version' ? minor : `a range that has ${version}`;
    return [
      compileFailure('TOOLCHAIN_DIFFERS', {
        what: `the sources are for Python ${text}${ranges.length === 0 ? ', which is not a version of CPython' : ''}, and Python ${version} is pinned`,
        remedy: `Write ${fitting} there if the program runs on it, or pin the Python that it needs (containerfiles/python-builder).`,
        at: { file: sources.placeOf(path), line },
      }),
    ];
  });
}
