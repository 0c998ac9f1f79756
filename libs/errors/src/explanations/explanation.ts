import type { Occasion } from '../define';
import type { Failure } from '../failure';

/** What docs/errors.md says of a code besides its fix, which is the remedy of the catalogue. */
export interface Explanation {
  /** What the code means, in one or two sentences. */
  readonly means: string;
  /** The usual causes, the likeliest first. */
  readonly causes: readonly string[];
  /** An occasion as the sources make it: a test compares `what` with their messages. */
  readonly example: Occasion;
}

/** One explanation for every code of a part of the catalogue: a missing or unknown code is a type error. */
export type Explanations<Constructor extends (code: never, occasion: Occasion) => Failure> = Readonly<
  Record<Parameters<Constructor>[0], Explanation>
>;
