import { type Checked, checked, containerfileFailure, mapChecked } from '@prism-build/errors';
import type { LexOptions } from '../expand/cursor';
import { type Lexed, lexWords } from '../expand/lex';
import type { Variables } from './scope';

/** Expands words of one line. Returns failures together with values, so that all words are checked. */
export interface Expander {
  readonly word: (text: string, options?: LexOptions) => Checked<string>;
  readonly maybe: (text: string | undefined) => Checked<string | undefined>;
  /** One word may become several, or none. */
  readonly words: (text: string) => Checked<readonly string[]>;
}

export function makeExpander(variables: Variables, at: { file: string; line: number }): Expander {
  const lex = (text: string, options?: LexOptions): Checked<Lexed> => {
    const lexed = lexWords(text, variables, options);
    if (lexed.problem === undefined) return checked(lexed);
    const what = `${JSON.stringify(text)} cannot be expanded: ${lexed.problem}.`;
    return checked(lexed, containerfileFailure('CONTAINERFILE_SUBSTITUTION', { what, at }));
  };
  const word = (text: string, options?: LexOptions) => mapChecked(lex(text, options), (lexed) => lexed.text);
  return {
    word,
    maybe: (text) => (text === undefined ? checked(undefined) : word(text)),
    words: (text) => mapChecked(lex(text), (lexed) => lexed.words),
  };
}
