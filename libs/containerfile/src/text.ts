import { containerfileFailure, type Failure } from '@prism-build/errors';

const SPACE = '\\t\\n\\v\\f\\r \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000';
const LEADING = new RegExp(`^[${SPACE}]+`);
const TRAILING = new RegExp(`[${SPACE}]+$`);
const ONE = new RegExp(`^[${SPACE}]$`);

/** Go's unicode.IsSpace. JavaScript's `\s` differs in U+0085 and U+FEFF. */
export const isSpace = (char: string): boolean => ONE.test(char);
export const trimStart = (text: string): string => text.replace(LEADING, '');
export const trim = (text: string): string => trimStart(text).replace(TRAILING, '');

/** The engines' word separator inside one line. */
export const BLANKS = /[\t\v\f\r ]+/;

/** A failure for each line with a NUL, or with U+FFFD, which a decoder writes for bytes that are not UTF-8. */
export function checkText(text: string, file: string): Failure[] {
  if (!/[\0\ufffd]/.test(text)) return [];
  return text.split('\n').flatMap((line, index) => {
    const found = line.includes('\0')
      ? 'a NUL character'
      : line.includes('\ufffd')
        ? 'bytes that are not UTF-8'
        : '';
    if (found === '') return [];
    return [
      containerfileFailure('CONTAINERFILE_NOT_TEXT', {
        what: `The line has ${found}.`,
        at: { file, line: index + 1 },
      }),
    ];
  });
}
