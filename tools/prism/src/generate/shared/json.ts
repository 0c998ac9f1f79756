import { failed, generateFailure, ok, type Result } from '@prism-build/errors';
import { applyEdits, modify, type ParseError, parse, printParseErrorCode } from 'jsonc-parser';

/** A path in a JSON document and its new value; -1 appends to an array. */
export type Edit = readonly [path: readonly (string | number)[], value: unknown];

const options = { formattingOptions: { insertSpaces: true, tabSize: 2, eol: '\n' } };

/** Edits values of a JSON text and keeps everything else, including comments. Failure: SETTINGS_UNREADABLE. */
export function editJson(text: string, file: string, edits: readonly Edit[]): Result<string> {
  const value = readJson(text, file);
  if (!value.ok) return value;
  return ok(
    edits.reduce((before, [path, wanted]) => {
      const isArrayInsertion = path.at(-1) === -1;
      return applyEdits(before, modify(before, [...path], wanted, { ...options, isArrayInsertion }));
    }, text),
  );
}

/** A JSON text with comments, as Nx reads its own files. */
export function readJson(text: string, file: string): Result<unknown> {
  const errors: ParseError[] = [];
  const value: unknown = parse(text, errors, { allowTrailingComma: true });
  const [first] = errors;
  if (first === undefined) return ok(value);
  const line = text.slice(0, first.offset).split('\n').length;
  return failed(
    generateFailure('SETTINGS_UNREADABLE', {
      what: `this file is not JSON: ${printParseErrorCode(first.error)}`,
      at: { file, line },
    }),
  );
}
