/** A part of a pattern. */
export type Token =
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

/** The path that a pattern without wildcards names. */
export function dropEscapes(pattern: string): string {
  return pattern.replace(/\\(.)/gs, '$1');
}

/** Reads a pattern by the grammar of Go's filepath.Match; undefined if it is malformed. */
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
