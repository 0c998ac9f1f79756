import { isSpace } from '../text';
import { type Cursor, fail, type LexOptions, next, peek } from './cursor';
import { readSubstitution } from './substitute';

export interface Lexed {
  readonly text: string;
  /** The same, split at blanks that are neither quoted nor escaped, after expansion. */
  readonly words: readonly string[];
  readonly problem: string | undefined;
}

/** Characters that can change a word or split it. */
const special = /[$'"\\\s\u0085]/;

/**
 * Expands variables and removes quotes and escapes, like BuildKit's `shell.Lex`. Two rules follow Podman 4.3, so that a
 * plain `podman build` gives the same result: the escape character is always `\`, even if the escape directive sets
 * another; and without braces, `$12` is `$1` followed by 2, and `$@` is literal.
 */
export function lexWords(word: string, env: ReadonlyMap<string, string>, options: LexOptions = {}): Lexed {
  if (!special.test(word)) return { text: word, words: word === '' ? [] : [word], problem: undefined };
  const cursor: Cursor = { chars: [...word], at: 0, env, options, problem: undefined };
  const { text, words } = readUntil(cursor, undefined, options.rawEscapes ?? false);
  return { text, words, problem: cursor.problem };
}

/** Reads to `stop` (which is consumed), or to the end when it is undefined. */
function readUntil(
  cursor: Cursor,
  stop: string | undefined,
  raw: boolean,
): { text: string; words: string[] } {
  const words: string[] = [];
  let text = '';
  let word = '';
  let inWord = false;
  const addRaw = (part: string) => {
    word += part;
    inWord = true;
  };
  const add = (char: string) => {
    if (!isSpace(char)) addRaw(char);
    else if (inWord && word !== '') {
      words.push(word);
      word = '';
      inWord = false;
    }
  };
  const flush = () => ({ text, words: word === '' ? words : [...words, word] });

  for (let char = peek(cursor); char !== undefined && cursor.problem === undefined; char = peek(cursor)) {
    if (char === stop) {
      cursor.at++;
      return flush();
    }
    if (char === '$') {
      const value = readSubstitution(cursor, readUntil);
      text += value;
      for (const each of value) add(each);
    } else if ((char === "'" || char === '"') && !cursor.options.literalQuotes) {
      const value = char === "'" ? readSingleQuoted(cursor) : readDoubleQuoted(cursor, raw);
      text += value;
      addRaw(value);
    } else if (char === '<' && cursor.chars[cursor.at + 1] === '<') {
      // BuildKit keeps a heredoc one word: blanks may stand between << and its name.
      const mark = readHeredocStart(cursor);
      text += mark;
      addRaw(mark);
    } else if (char === '\\') {
      cursor.at++;
      const escaped = next(cursor);
      const kept = (raw ? '\\' : '') + (escaped ?? '');
      text += kept;
      if (kept !== '') addRaw(kept);
    } else {
      cursor.at++;
      text += char;
      add(char);
    }
  }
  if (stop !== undefined) fail(cursor, `it ends before the matching ${stop}`);
  return flush();
}

function readHeredocStart(cursor: Cursor): string {
  let mark = '<<';
  cursor.at += 2;
  for (let char = peek(cursor); char === ' ' || char === '\t' || char === '\r'; char = peek(cursor)) {
    mark += char;
    cursor.at++;
  }
  return mark;
}

function readSingleQuoted(cursor: Cursor): string {
  const mark = next(cursor)!;
  const quote = cursor.options.rawQuotes ? mark : '';
  let text = '';
  for (let char = next(cursor); char !== undefined; char = next(cursor)) {
    if (char === "'") return quote + text + quote;
    text += char;
  }
  fail(cursor, 'a single quote is not closed');
  return '';
}

function readDoubleQuoted(cursor: Cursor, raw: boolean): string {
  const mark = next(cursor)!;
  const quote = cursor.options.rawQuotes ? mark : '';
  let text = '';
  for (let char = peek(cursor); char !== undefined && cursor.problem === undefined; char = peek(cursor)) {
    if (char === '$') {
      text += readSubstitution(cursor, readUntil);
      continue;
    }
    cursor.at++;
    if (char === '"') return quote + text + quote;
    if (char !== '\\') {
      text += char;
      continue;
    }
    if (raw) text += char;
    const escaped = peek(cursor);
    if (escaped === undefined) continue;
    if (escaped === '"' || escaped === '$' || escaped === '\\') {
      text += escaped;
      cursor.at++;
    } else text += char;
  }
  fail(cursor, 'a double quote is not closed');
  return '';
}
