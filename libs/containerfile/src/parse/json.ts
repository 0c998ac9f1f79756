import { trimStart } from '../text';

type JsonWords = { readonly kind: 'words'; readonly words: string[] } | { readonly kind: 'mixed' | 'other' };

/**
 * Reads a JSON array of strings. Anything that is no JSON array is 'other' (engines then read the shell form),
 * an array with something else than strings is 'mixed' (engines refuse it). Text after the array is ignored, as
 * Podman does it.
 */
export function readJsonWords(text: string): JsonWords {
  const array = cutArray(trimStart(text));
  if (array === undefined) return { kind: 'other' };
  try {
    const value: unknown = JSON.parse(array);
    if (!Array.isArray(value)) return { kind: 'other' };
    const words = value.filter((each): each is string => typeof each === 'string');
    return words.length === value.length ? { kind: 'words', words } : { kind: 'mixed' };
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
