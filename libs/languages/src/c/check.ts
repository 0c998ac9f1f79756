import { compileFailure, type Failure } from '@prism-build/errors';
import type { CheckedSources, CheckRequest } from '../language';
import { readArguments } from './arguments';
import { findForeignIncludes } from './includes';
import { targetArguments } from './target';

/** Variables that a C compiler reads from its environment. Prism's calls do not set them. */
const obeyed =
  /^(CPATH|C_INCLUDE_PATH|CPLUS_INCLUDE_PATH|OBJC_INCLUDE_PATH|LIBRARY_PATH|COMPILER_PATH|GCC_EXEC_PREFIX|CCC_OVERRIDE_OPTIONS|ZIG_\w+)$/;

/**
 * SETTING_NOT_HONOURED for arguments, variables and includes that would not take effect, or that would read the
 * machine's own files.
 */
export function checkC(request: CheckRequest, sources: CheckedSources): Failure[] {
  const { recognised, targets, working, at } = request;
  const refuse = (what: string, where = at, remedy?: string) =>
    compileFailure('SETTING_NOT_HONOURED', { what, at: where, ...(remedy && { remedy }) });
  const given = readArguments(recognised.units, working);
  const none = given.some(({ kind }) => kind === 'source') ? [] : [refuse('cc names no source')];
  const output = recognised.flags.output ?? '';
  const deep =
    output.includes('/') || output === '' ? [refuse(`-o /out/${output}: name a file right below /out`)] : [];
  const refused = given
    .filter(({ kind }) => kind === 'refused')
    .map(({ written, why }) => refuse(`${written} would not take effect: ${why}`));
  const literal = recognised.units
    .filter((one) => /\$(\w|\{)/.test(one))
    .map((one) => refuse(`${one} is not expanded: exec form expands nothing`, at, 'Write the value itself.'));
  const variables = new Set(targets.flatMap((target) => Object.keys(request.environment(target))));
  const unread = [...variables]
    .filter((name) => obeyed.test(name))
    .map((name) =>
      refuse(
        `the variable ${name} of the stage does not take effect`,
        request.setAt?.(name) ?? at,
        'Write the directories into the RUN line: ["cc", "-Iinclude", …].',
      ),
    );
  const platforms = targets
    .filter((target) => targetArguments(target) === undefined)
    .map(({ architecture }) => refuse(`the pinned C compiler makes no static programs for ${architecture}`));
  const foreign = findForeignIncludes([''], sources).map(({ path, line, named }) =>
    refuse(
      `this file includes ${named}, which is outside of the stage`,
      { file: sources.placeOf(path), line },
      'COPY the file into the compile stage, and include it by a path inside.',
    ),
  );
  return [...none, ...deep, ...literal, ...refused, ...unread, ...platforms, ...foreign];
}
