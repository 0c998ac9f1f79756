export interface LexOptions {
  /** Keeps `$name` as written when the variable is not set. */
  readonly keepUnset?: boolean;
  readonly rawQuotes?: boolean;
  readonly rawEscapes?: boolean;
  /** Quotes are ordinary characters (the content of a heredoc). */
  readonly literalQuotes?: boolean;
}

/** The current position in a word, and the first problem found in it. */
export interface Cursor {
  readonly chars: readonly string[];
  readonly env: ReadonlyMap<string, string>;
  readonly options: LexOptions;
  at: number;
  problem: string | undefined;
}

export const peek = (cursor: Cursor): string | undefined => cursor.chars[cursor.at];
export const next = (cursor: Cursor): string | undefined => cursor.chars[cursor.at++];

/** Keeps only the first problem; later ones are its consequences. */
export function fail(cursor: Cursor, problem: string): void {
  cursor.problem ??= problem;
}

/** Reads and expands up to `stop`; used for the word of `${name:-word}`. */
export type ReadUntil = (cursor: Cursor, stop: string | undefined, raw: boolean) => { readonly text: string };
