import { trim, trimStart } from '../text';

type JsonWords =
  | { readonly kind: 'words'; readonly words: string[] }
  | { readonly kind: 'mixed' | 'other' }
  | { readonly kind: 'followed'; readonly rest: string };

/**
 * Reads a JSON array of strings. Anything that is no JSON array is 'other' (engines then read the shell form),
 * an array with something else than strings is 'mixed' (engines refuse it). One with text behind it is 'followed': Podman
 * ignores the text, and BuildKit reads the shell form.
 */
export function readJsonWords(text: string): JsonWords {
  const array = cutArray(trimStart(text));
  if (array === undefined) return { kind: 'other' };
  try {
    const value: unknown = JSON.parse(array);
    if (!Array.isArray(value)) return { kind: 'other' };
    const words = value.filter((each): each is string => typeof each === 'string');
    if (words.length < value.length) return { kind: 'mixed' };
    const rest = trim(trimStart(text).slice(array.length));
    return rest === '' ? { kind: 'words', words } : { kind: 'followed', rest };
  } catch {
    return { kind: 'other' };
  }
}

/** The text from `[` to its own `]`, brackets in strings not counted. */
function cutArray(text: string): string | undefined {
  if (!text.startsWith('[')) return undefined;
  let depth = 0;
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const char = text[at]!;
    if (quoted && char === '\\') at++;
    else if (char === '"') quoted = !quoted;
    else if (!quoted && (char === '[' || char === '{')) depth++;
    else if (!quoted && (char === ']' || char === '}') && --depth === 0) return text.slice(0, at + 1);
  }
  return undefined;
}
