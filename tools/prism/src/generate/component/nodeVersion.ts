import { dirname, join } from 'node:path/posix';
import { compileFailure, failed, ok, type Result } from '@prism-build/errors';
import type { Sources } from './program';

/** A version that a program asks for. */
export interface NodeVersion {
  /** One to three numbers. */
  readonly version: string;
  /** Whether later versions are accepted. */
  readonly atLeast: boolean;
}

/**
 * The version of Node that a program asks for, if it is given as a number: the nearest .nvmrc or .node-version, or else the
 * lower bound of `engines.node`. Undefined: any version. Failure TOOLCHAIN_DIFFERS for a range that does not allow any number
 * it names.
 */
export function readNodeVersion(
  sources: Sources,
  directory: string,
  engines: string | undefined,
): Result<NodeVersion | undefined> {
  const file = upwards(directory)
    .flatMap((one) => ['.nvmrc', '.node-version'].map((name) => join(one, name)))
    .find((path) => sources.read(path) !== undefined);
  if (file !== undefined) {
    const text = sources.read(file)!.replaceAll(/#.*$/gm, '').trim();
    if (text === '' || ['node', 'stable', 'lts/*', 'system'].includes(text))
      return fromEngines(engines, directory);
    const version = /^v?(\d+(?:\.\d+){0,2})$/.exec(text)?.[1];
    return version === undefined ? refuse(text, file) : ok({ version, atLeast: false });
  }
  return fromEngines(engines, directory);
}

function fromEngines(engines: string | undefined, directory: string): Result<NodeVersion | undefined> {
  const range = engines?.trim() ?? '';
  if (range === '' || range === '*' || range === 'x') return ok(undefined);
  // `<22` and `>18` do not allow the number that they name.
  const version = /^(?:>=|\^|~|=|v)*\s*v?(\d+(?:\.\d+){0,2})/.exec(range)?.[1];
  return version === undefined
    ? refuse(range, join(directory, 'package.json'))
    : ok({ version, atLeast: range.startsWith('>=') });
}

function refuse(text: string, file: string): Result<NodeVersion | undefined> {
  return failed(
    compileFailure('TOOLCHAIN_DIFFERS', {
      what: `Node ${text} is not a version`,
      remedy: 'Write one into .nvmrc beside package.json, such as 22.',
      at: { file },
    }),
  );
}

function upwards(directory: string): string[] {
  return directory === '.' ? ['.'] : [directory, ...upwards(dirname(directory))];
}
