export interface LexOptions {
  /** Keeps `$name` as written when the variable is not set. */
  readonly keepUnset?: boolean;
  readonly rawQuotes?: boolean;
  readonly rawEscapes?: boolean;
  /** Quotes are ordinary characters (the content of a heredoc). */
  readonly literalQuotes?: boolean;
}

/** A place in a word that is being read, and the first thing found wrong with it. */
export interface Cursor {
  readonly chars: readonly string[];
  readonly env: ReadonlyMap<string, string>;
  readonly options: LexOptions;
  at: number;
  problem: string | undefined;
}

export const peek = (cursor: Cursor): string | undefined => cursor.chars[cursor.at];
export const next = (cursor: Cursor): string | undefined => cursor.chars[cursor.at++];

/** The first problem is the cause; what follows from it is not reported. */
export function fail(cursor: Cursor, problem: string): void {
  cursor.problem ??= problem;
}

/** Reads to `stop`, expanding; `${name:-word}` needs it for its word. */
export type ReadUntil = (cursor: Cursor, stop: string | undefined, raw: boolean) => { readonly text: string };
