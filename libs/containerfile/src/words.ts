import { BLANKS, isSpace, trim } from './text';

interface SplitCommand {
  /** In upper case. */
  readonly keyword: string;
  readonly written: string;
  readonly flags: readonly string[];
  readonly rest: string;
}

/** Splits an instruction into its keyword, the leading words that begin with `--`, and the rest. */
export function splitCommand(line: string): SplitCommand {
  const text = trim(line);
  const blank = BLANKS.exec(text);
  const written = blank ? text.slice(0, blank.index) : text;
  const { flags, rest } = splitFlags(blank ? text.slice(blank.index + blank[0].length) : '');
  return { keyword: written.toUpperCase(), written, flags, rest: trim(rest) };
}

/** Flags lose quotes and escapes here (always `\`, as in both engines); a lone `--` ends them. */
function splitFlags(text: string): { flags: string[]; rest: string } {
  const flags: string[] = [];
  let at = 0;
  for (;;) {
    while (at < text.length && isSpace(text[at]!)) at++;
    if (!text.startsWith('--', at)) return { flags, rest: text.slice(at) };
    let word = '';
    let quote = '';
    for (; at < text.length && (quote !== '' || !isSpace(text[at]!)); at++) {
      const char = text[at]!;
      if (quote !== '' ? char === quote : char === '"' || char === "'") quote = quote === '' ? char : '';
      else if (char !== '\\') word += char;
      else if (at + 1 < text.length) word += text[++at]!;
    }
    if (word === '--') return { flags, rest: text.slice(at) };
    flags.push(word);
  }
}

/** Splits at blanks outside quotes; quotes and escapes stay, they are taken away when the word is expanded. */
export function splitWords(text: string, token: string): string[] {
  const words: string[] = [];
  let word = '';
  let quote = '';
  for (let at = 0; at < text.length; at++) {
    const char = text[at]!;
    if (quote === '' && isSpace(char)) {
      if (word !== '') words.push(word);
      word = '';
    } else if (char === token && quote !== "'") {
      // An escape at the very end escapes nothing and disappears.
      if (at + 1 < text.length) word += char + text[++at]!;
    } else {
      if (quote === char) quote = '';
      else if (quote === '' && (char === '"' || char === "'")) quote = char;
      word += char;
    }
  }
  if (word !== '') words.push(word);
  return words;
}

/** Splits at blanks only. */
export const splitBlanks = (text: string): string[] => (text === '' ? [] : text.split(BLANKS));
