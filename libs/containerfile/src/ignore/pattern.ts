import { parseGlob } from '../glob';

/** One line of an ignore file, ready to be matched. */
export interface IgnorePattern {
  /** Clean, relative, without the `!`. */
  readonly text: string;
  readonly negated: boolean;
  readonly matches: (path: string) => boolean;
}

const quote = (char: string): string => char.replace(/[\\^$.*+?()[\]{}|/]/, '\\$&');
/** Inside a class a hyphen is special too, and only there may it be escaped. */
const quoteInClass = (char: string): string => (char === '-' ? '\\-' : quote(char));

/**
 * Compiles a clean pattern as moby/patternmatcher does: `**` is any number of directories, `**` at the start
 * with nothing special behind it is "ends with", at the end "begins with". Undefined when it is malformed.
 */
export function compilePattern(text: string): ((path: string) => boolean) | undefined {
  const tokens = parseGlob(text);
  if (tokens === undefined) return undefined;
  if (text === '**') return () => true;
  const special = /[*?[\]\\]/;
  if (!special.test(text)) return (path) => path === text;
  if (text.endsWith('**') && !special.test(text.slice(0, -2)))
    return (path) => path.startsWith(text.slice(0, -2));
  if (text.startsWith('**') && !special.test(text.slice(2))) {
    const ending = text.slice(2);
    return (path) => path.endsWith(ending) || (ending.startsWith('/') && path === ending.slice(1));
  }
  let source = '^';
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at]!;
    if (token.kind === 'char') source += quote(token.char);
    else if (token.kind === 'any') source += '[^/]';
    else if (token.kind === 'class') {
      if (token.ranges.some(([low, high]) => low.codePointAt(0)! > high.codePointAt(0)!)) return undefined;
      const ranges = token.ranges.map(([low, high]) =>
        low === high ? quoteInClass(low) : `${quoteInClass(low)}-${quoteInClass(high)}`,
      );
      source += `[${token.negated ? '^' : ''}${ranges.join('')}]`;
    } else if (tokens[at + 1]?.kind !== 'star') source += '[^/]*';
    else {
      at++;
      const following = tokens[at + 1];
      if (following?.kind === 'char' && following.char === '/') at++;
      source += at + 1 === tokens.length ? '[^\\n]*' : '(?:[^\\n]*/)?';
    }
  }
  const expression = new RegExp(`${source}$`, 'u');
  return (path) => expression.test(path);
}
