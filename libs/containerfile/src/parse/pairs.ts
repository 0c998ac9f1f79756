import { all, ok, type Result } from '@prism-build/errors';
import type { Argument, Pair } from '../instruction';
import { BLANKS } from '../text';
import { splitWords } from '../words';
import { type Request, refuse } from './request';

/** ENV and LABEL: `name=value …`, or the old form `name value` in which the value is all the rest. */
export function readPairs(request: Request): Result<Pair[]> {
  const words = splitWords(request.rest, request.escape);
  const first = words[0];
  if (first === undefined) return missing(request, 'at least one name=value');
  if (first.includes('=')) return all(words.map((word) => readPair(request, word)));
  const blank = BLANKS.exec(request.rest);
  if (!blank) return missing(request, `a value for ${request.rest}`);
  return ok([
    { name: request.rest.slice(0, blank.index), value: request.rest.slice(blank.index + blank[0].length) },
  ]);
}

function readPair(request: Request, word: string): Result<Pair> {
  const equals = word.indexOf('=');
  if (equals < 0)
    return refuse(request, 'CONTAINERFILE_BAD_ARGUMENT', `${word} has no =; it has to be name=value.`);
  if (equals === 0) return refuse(request, 'CONTAINERFILE_BAD_ARGUMENT', `${word} has no name before the =.`);
  return ok({ name: word.slice(0, equals), value: word.slice(equals + 1) });
}

export function readArguments(request: Request): Result<Argument[]> {
  const words = splitWords(request.rest, request.escape);
  if (words.length === 0) return missing(request, 'at least one name');
  return all(
    words.map(
      (word): Result<Argument> =>
        word.includes('=') ? readPair(request, word) : ok({ name: word, value: undefined }),
    ),
  );
}

export function missing<T>(request: Request, what: string): Result<T> {
  return refuse(request, 'CONTAINERFILE_MISSING_ARGUMENT', `${request.keyword} needs ${what}.`);
}
