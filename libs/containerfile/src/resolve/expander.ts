import { containerfileFailure, type Failure } from '@prism-build/errors';
import type { LexOptions } from '../expand/cursor';
import { lexWords } from '../expand/lex';
import type { Variables } from './scope';

/** Expansion at one place of the file; what is wrong is collected, so that every word is looked at. */
export interface Expander {
  readonly word: (text: string, options?: LexOptions) => string;
  readonly maybe: (text: string | undefined) => string | undefined;
  /** One word may become several, or none. */
  readonly words: (text: string) => readonly string[];
}

export function makeExpander(
  variables: Variables,
  at: { file: string; line: number },
  failures: Failure[],
): Expander {
  const lex = (text: string, options?: LexOptions) => {
    const lexed = lexWords(text, variables, options);
    if (lexed.problem !== undefined) {
      const what = `${JSON.stringify(text)} cannot be expanded: ${lexed.problem}.`;
      failures.push(containerfileFailure('CONTAINERFILE_SUBSTITUTION', { what, at }));
    }
    return lexed;
  };
  const word = (text: string, options?: LexOptions) => lex(text, options).text;
  return {
    word,
    maybe: (text) => (text === undefined ? undefined : word(text)),
    words: (text) => lex(text).words,
  };
}
