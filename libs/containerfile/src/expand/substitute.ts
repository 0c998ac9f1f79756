import { type Cursor, fail, next, peek, type ReadUntil } from './cursor';
import { replacePattern, trimPrefix, trimSuffix } from './pattern';

const SPECIAL = '@*#?-$!';
const LETTER = /^[\p{L}\p{Nd}_]$/u;
const DIGIT = /^\p{Nd}$/u;

/** Reads `$name` or `${…}`, the cursor being at the `$`. */
export function readSubstitution(cursor: Cursor, readUntil: ReadUntil): string {
  cursor.at++;
  if (peek(cursor) === '{') {
    cursor.at++;
    return readBraced(cursor, readUntil);
  }
  const name = readName(cursor, false);
  if (name === '') return '$';
  return cursor.env.get(name) ?? (cursor.options.keepUnset ? `$${name}` : '');
}

function readName(cursor: Cursor, braced: boolean): string {
  const first = peek(cursor) ?? '';
  if (braced && first !== '' && SPECIAL.includes(first)) return next(cursor)!;
  if (DIGIT.test(first) && !braced) return next(cursor)!;
  const allowed = DIGIT.test(first) ? DIGIT : LETTER;
  let name = '';
  for (let char = peek(cursor); char !== undefined && allowed.test(char); char = peek(cursor)) {
    name += char;
    cursor.at++;
  }
  return name;
}

function readBraced(cursor: Cursor, readUntil: ReadUntil): string {
  const first = peek(cursor);
  if (first === undefined) return problem(cursor, 'the closing } is missing');
  if ('{}:'.includes(first)) return problem(cursor, 'the name of the variable is missing');
  const name = readName(cursor, true);
  const value = cursor.env.get(name);
  let operator = next(cursor) ?? '';
  if (operator === '}') return value ?? (cursor.options.keepUnset ? `\${${name}}` : '');
  if (operator === '/') return readReplacement(cursor, readUntil, name, value);
  const colon = operator === ':';
  if (colon) operator = next(cursor) ?? '';
  const known = colon ? '-+?' : '-+?#%';
  if (operator === '') return problem(cursor, 'the closing } is missing');
  if (!known.includes(operator))
    return problem(cursor, `the operator ${colon ? ':' : ''}${operator} is not known`);
  const word = readUntil(cursor, '}', operator === '#' || operator === '%').text;
  if (cursor.problem !== undefined) return '';
  if (cursor.options.keepUnset && value === undefined)
    return `\${${name}${colon ? ':' : ''}${operator}${word}}`;
  const missing = value === undefined || (colon && value === '');
  if (operator === '-') return missing ? word : value;
  if (operator === '+') return missing ? '' : word;
  if (operator === '?') {
    const state = value === undefined ? 'is not allowed to be unset' : 'is not allowed to be empty';
    return missing ? problem(cursor, `${name}: ${word === '' ? state : word}`) : value;
  }
  const longest = word.startsWith(operator);
  const pattern = longest ? word.slice(1) : word;
  const trimmed = (operator === '#' ? trimPrefix : trimSuffix)(pattern, value ?? '', longest);
  return trimmed ?? problem(cursor, `the pattern ${pattern} is malformed`);
}

function readReplacement(
  cursor: Cursor,
  readUntil: ReadUntil,
  name: string,
  value: string | undefined,
): string {
  const everywhere = peek(cursor) === '/';
  if (everywhere) cursor.at++;
  const pattern = readUntil(cursor, '/', true).text;
  const replacement = cursor.problem === undefined ? readUntil(cursor, '}', true).text : '';
  if (cursor.problem !== undefined) return '';
  if (cursor.options.keepUnset && value === undefined) return `\${${name}/${pattern}/${replacement}}`;
  const replaced = replacePattern(pattern, value ?? '', replacement, everywhere);
  return replaced ?? problem(cursor, `the pattern ${pattern} is malformed`);
}

function problem(cursor: Cursor, what: string): string {
  fail(cursor, what);
  return '';
}
