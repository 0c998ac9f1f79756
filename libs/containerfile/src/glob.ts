import { containerfileFailure, failed, ok, type Result } from '@prism-build/errors';

type Token =
  | { readonly kind: 'char'; readonly char: string }
  | { readonly kind: 'any' | 'star' }
  | {
      readonly kind: 'class';
      readonly negated: boolean;
      readonly ranges: readonly (readonly [string, string])[];
    };

const special = /[*?[]/;

/** Whether the pattern has a special character that is not escaped. */
export function hasGlob(pattern: string): boolean {
  return special.test(pattern) && special.test(pattern.replace(/\\./gs, ''));
}

/**
 * Whether the whole path matches, by the rules of Go's filepath.Match: `*` and `?` stop at `/`, `[a-z]`, `[^a]`,
 * `\` escapes; a class may match `/`. A malformed pattern is a failure, whatever the path.
 */
export function matchGlob(pattern: string, path: string): Result<boolean> {
  const tokens = parseGlob(pattern);
  if (tokens === undefined)
    return failed(
      containerfileFailure('GLOB_BAD_PATTERN', {
        what: `The pattern ${JSON.stringify(pattern)} is malformed.`,
      }),
    );
  return ok(matchTokens(tokens, [...path]));
}

/** Undefined when the pattern is malformed. */
export function parseGlob(pattern: string): Token[] | undefined {
  const chars = [...pattern];
  const tokens: Token[] = [];
  for (let at = 0; at < chars.length; at++) {
    const char = chars[at]!;
    if (char === '*') tokens.push({ kind: 'star' });
    else if (char === '?') tokens.push({ kind: 'any' });
    else if (char === '\\') {
      const escaped = chars[++at];
      if (escaped === undefined) return undefined;
      tokens.push({ kind: 'char', char: escaped });
    } else if (char === '[') {
      const parsed = parseClass(chars, at + 1);
      if (parsed === undefined) return undefined;
      tokens.push(parsed.token);
      at = parsed.end;
    } else tokens.push({ kind: 'char', char });
  }
  return tokens;
}

/** Reads a class from behind its `[`; `end` is the place of its `]`. */
function parseClass(chars: readonly string[], start: number): { token: Token; end: number } | undefined {
  let at = start;
  const negated = chars[at] === '^';
  if (negated) at++;
  const ranges: [string, string][] = [];
  const readOne = (): string | undefined => {
    const char = chars[at++];
    if (char === '-' || char === ']') return undefined;
    return char === '\\' ? chars[at++] : char;
  };
  while (chars[at] !== ']' || ranges.length === 0) {
    const low = readOne();
    if (low === undefined) return undefined;
    let high: string | undefined = low;
    if (chars[at] === '-') {
      at++;
      high = readOne();
      if (high === undefined) return undefined;
    }
    ranges.push([low, high]);
  }
  return { token: { kind: 'class', negated, ranges }, end: at };
}

function matchOne(token: Token, char: string): boolean {
  if (token.kind === 'char') return token.char === char;
  if (token.kind !== 'class') return char !== '/';
  const code = char.codePointAt(0)!;
  const inside = token.ranges.some(
    ([low, high]) => low.codePointAt(0)! <= code && code <= high.codePointAt(0)!,
  );
  return inside !== token.negated;
}

/** Backtracks only to the last star, so the time is at most the product of both lengths. */
function matchTokens(tokens: readonly Token[], chars: readonly string[]): boolean {
  let token = 0;
  let char = 0;
  let star = -1;
  let resume = 0;
  while (char < chars.length) {
    const current = tokens[token];
    if (current?.kind === 'star') {
      star = token++;
      resume = char;
    } else if (current !== undefined && matchOne(current, chars[char]!)) {
      token++;
      char++;
    } else if (star >= 0 && chars[resume] !== '/') {
      token = star + 1;
      char = ++resume;
    } else return false;
  }
  return tokens.slice(token).every(({ kind }) => kind === 'star');
}
