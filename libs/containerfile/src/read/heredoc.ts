import { lexWords } from '../expand/lex';
import { splitCommand } from '../words';

/** The start of a heredoc (`<<EOF`), before its content is read. */
export interface HeredocMark {
  readonly name: string;
  readonly expand: boolean;
  readonly stripTabs: boolean;
  readonly descriptor: number;
}

const MARK = /^(\d*)<<(-?)[\t\n\f\r ]*([^<]*)$/;
const QUOTES = /['"]/g;
const none: ReadonlyMap<string, string> = new Map();

/** Reads `<<EOF`, `<< EOF`, `3<<'EOF'`; undefined when the word is something else. */
export function parseHeredocMark(word: string): HeredocMark | undefined {
  const match = MARK.exec(word);
  const rest = match?.[3] ?? '';
  if (!match || rest === '') return undefined;
  const plain = lexWords(rest, none, { keepUnset: true });
  const raw = lexWords(rest, none, { keepUnset: true, rawQuotes: true });
  const [name] = plain.words;
  if (plain.problem !== undefined || name === undefined || plain.words.length !== 1) return undefined;
  // If the raw word has quotes that the expanded one lacks, the name was quoted: the content is literal.
  const count = (text: string) => text.match(QUOTES)?.length ?? 0;
  const expand = count(name) === count(raw.words.join(''));
  return { name, expand, stripTabs: match[2] === '-', descriptor: Number(match[1] || 0) };
}

/**
 * The heredocs that an instruction announces; only RUN, COPY and ADD in shell form can, also below ONBUILD. As in
 * BuildKit and Buildah, which share this lexer: nothing inside of quotes and nothing with `<<<` is one, a line with an
 * open quote has none, and a shift with a blank before it (`$((1 << 2))`) is taken for one.
 */
export function findHeredocMarks(line: string): HeredocMark[] {
  if (!line.includes('<<')) return [];
  let command = splitCommand(line);
  if (command.keyword === 'ONBUILD') command = splitCommand(command.rest);
  if (!['RUN', 'COPY', 'ADD'].includes(command.keyword) || isArray(command.rest)) return [];
  const { words, problem } = lexWords(line, none, { keepUnset: true, rawQuotes: true, rawEscapes: true });
  if (problem !== undefined) return [];
  return words.flatMap((word) => parseHeredocMark(word) ?? []);
}

function isArray(rest: string): boolean {
  try {
    return Array.isArray(JSON.parse(rest));
  } catch {
    return false;
  }
}
