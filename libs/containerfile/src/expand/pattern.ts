const SPECIAL = '[]{}.+()|^$/-';

/**
 * A shell pattern (`*`, `?`, `\` before one of these) as a regular expression: POSIX 2.13 without brackets,
 * which is what BuildKit supports. Undefined when an escape is malformed.
 */
function toExpression(pattern: string, longest: boolean, anchored: boolean): string | undefined {
  const chars = [...pattern];
  let out = anchored ? '^' : '';
  for (let at = 0; at < chars.length; at++) {
    let char = chars[at]!;
    if (char === '*') out += longest ? '[^\\n]*' : '[^\\n]*?';
    else if (char === '?') out += '[^\\n]';
    else if (char === '\\') {
      char = chars[at + 1] ?? '';
      // An escaped } or / belongs to the syntax of ${…}, not to the pattern.
      if (char === '}' || char === '/') continue;
      if (char === '' || !'*?\\'.includes(char)) return undefined;
      out += `\\${char}`;
      at++;
    } else out += SPECIAL.includes(char) && char !== '-' ? `\\${char}` : char;
  }
  return out;
}

/** `${value#pattern}`, or `##` when `longest`. */
export function trimPrefix(pattern: string, value: string, longest: boolean): string | undefined {
  const source = toExpression(pattern, longest, true);
  return source === undefined ? undefined : value.replace(new RegExp(source, 'u'), '');
}

/** `${value%pattern}`, or `%%`: the same on both reversed, since the shortest match has to be the rightmost. */
export function trimSuffix(pattern: string, value: string, longest: boolean): string | undefined {
  const trimmed = trimPrefix(reverse(pattern.match(/\\.|./gsu) ?? []), reverse([...value]), longest);
  return trimmed === undefined ? undefined : reverse([...trimmed]);
}

const reverse = (parts: readonly string[]): string => [...parts].reverse().join('');

/** `${value/pattern/replacement}`, or `//` when `everywhere`; the longest match is replaced. */
export function replacePattern(
  pattern: string,
  value: string,
  replacement: string,
  everywhere: boolean,
): string | undefined {
  const source = toExpression(pattern, true, false);
  if (source === undefined) return undefined;
  if (!everywhere) return value.replace(new RegExp(source, 'u'), () => replacement);
  let end = -1;
  return value.replace(new RegExp(source, 'gu'), (match: string, at: number) => {
    // Go skips an empty match right after another one; JavaScript does not.
    if (match === '' && at === end) return '';
    end = at + match.length;
    return replacement;
  });
}
