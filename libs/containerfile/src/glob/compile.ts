import { parseGlob, type Token } from './tokens';

/** Whether a clean path matches. */
export type Matches = (path: string) => boolean;

/**
 * Compiles a pattern. Undefined if it is malformed.
 *
 * - `copy`: Go's filepath.Match, as in COPY and ADD. `*` and `?` stop at `/`.
 * - `ignore`: moby/patternmatcher, as in ignore files, `--exclude` and `--parents`. `**` is any number of directories;
 *   at the start with nothing special behind it, it is "ends with", at the end "begins with".
 *
 * In both modes, `[a-z]` and `[^a]` may match `/`, and `\` escapes.
 */
export function compileGlob(pattern: string, mode: 'copy' | 'ignore'): Matches | undefined {
  const tokens = parseGlob(pattern);
  if (tokens === undefined) return undefined;
  return mode === 'copy' ? compileCopy(tokens) : compileIgnore(pattern, tokens);
}

function compileCopy(tokens: readonly Token[]): Matches {
  const [first, ...rest] = tokens;
  const literal = literalOf(first?.kind === 'star' ? rest : tokens);
  if (literal === undefined) return compileExpression(chunksOf(tokens, false), 'copy');
  if (first?.kind !== 'star') return (path) => path === literal;
  return (path) => path.endsWith(literal) && !path.slice(0, path.length - literal.length).includes('/');
}

function compileIgnore(text: string, tokens: readonly Token[]): Matches | undefined {
  if (tokens.some(isReversed)) return undefined;
  if (text === '**') return () => true;
  const special = /[*?[\]\\]/;
  if (!special.test(text)) return (path) => path === text;
  if (text.endsWith('**') && !special.test(text.slice(0, -2)))
    return (path) => path.startsWith(text.slice(0, -2));
  if (text.startsWith('**') && !special.test(text.slice(2))) {
    const ending = text.slice(2);
    return (path) => path.endsWith(ending) || (ending.startsWith('/') && path === ending.slice(1));
  }
  return compileExpression(chunksOf(tokens, true), 'ignore');
}

/** Wildcards of any length, and the tokens behind them up to the next such wildcard. */
interface Chunk {
  readonly before: 'nothing' | 'star' | 'directories' | 'rest';
  readonly tokens: Token[];
}

function chunksOf(tokens: readonly Token[], directories: boolean): Chunk[] {
  const chunks: Chunk[] = [{ before: 'nothing', tokens: [] }];
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at]!;
    if (token.kind !== 'star') chunks.at(-1)!.tokens.push(token);
    else if (!directories || tokens[at + 1]?.kind !== 'star') chunks.push({ before: 'star', tokens: [] });
    else {
      at++;
      if (isSlash(tokens[at + 1])) at++;
      chunks.push({ before: at + 1 === tokens.length ? 'rest' : 'directories', tokens: [] });
    }
  }
  return chunks;
}

/**
 * Between two `*`, the first match of a chunk is as good as every later one, and filepath.Match tries no other. The
 * lookahead keeps the expression from going back into it, so a pattern with many stars ends quickly. A chunk with a
 * class is the exception in ignore files: the class may match `/`, which `*` cannot.
 */
function compileExpression(chunks: readonly Chunk[], mode: 'copy' | 'ignore'): Matches {
  let groups = 0;
  const source = chunks.map(({ before, tokens }, index) => {
    const text = tokens.map(toSource).join('');
    if (before === 'nothing') return text;
    if (before === 'rest') return '[^\\n]*';
    if (before === 'directories') return `(?:[^\\n]*/)?${text}`;
    const first =
      chunks[index + 1]?.before === 'star' &&
      !(mode === 'ignore' && tokens.some(({ kind }) => kind === 'class'));
    return first ? `(?=([^/]*?${text}))(?:\\${++groups})` : `[^/]*${text}`;
  });
  const expression = new RegExp(`^${source.join('')}$`, 'u');
  return (path) => expression.test(path);
}

const quote = (char: string): string => char.replace(/[\\^$.*+?()[\]{}|/]/, '\\$&');
/** Inside a class a hyphen is special too, and only there may it be escaped. */
const quoteInClass = (char: string): string => (char === '-' ? '\\-' : quote(char));

function toSource(token: Token): string {
  if (token.kind === 'char') return quote(token.char);
  if (token.kind !== 'class') return '[^/]';
  const ranges = token.ranges
    .filter((range) => !isEmpty(range))
    .map(([low, high]) => (low === high ? quoteInClass(low) : `${quoteInClass(low)}-${quoteInClass(high)}`));
  return `[${token.negated ? '^' : ''}${ranges.join('')}]`;
}

/** `[z-a]`: matches nothing in filepath.Match, and is malformed in an ignore file. */
const isReversed = (token: Token): boolean => token.kind === 'class' && token.ranges.some(isEmpty);
const isEmpty = ([low, high]: readonly [string, string]): boolean =>
  low.codePointAt(0)! > high.codePointAt(0)!;

const isSlash = (token: Token | undefined): boolean => token?.kind === 'char' && token.char === '/';

function literalOf(tokens: readonly Token[]): string | undefined {
  const chars = tokens.flatMap((token) => (token.kind === 'char' ? [token.char] : []));
  return chars.length === tokens.length ? chars.join('') : undefined;
}
