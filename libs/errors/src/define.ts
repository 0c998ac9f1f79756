import type { Failure, Place } from './failure';

/** An entry of the catalogue: the parts of a failure that do not depend on the occasion. */
export interface Entry {
  readonly remedy: string;
}

/** The details of one failure. `remedy` replaces the general one if a more exact one is known. */
export interface Occasion {
  readonly what: string;
  readonly why?: string | undefined;
  readonly remedy?: string | undefined;
  readonly at?: Place | undefined;
}

/** Turns a part of the catalogue into its constructor, so that only listed codes can be used. */
export function defineCatalogue<Code extends string>(entries: Readonly<Record<Code, Entry>>) {
  return (code: Code, occasion: Occasion): Failure => {
    const entry = entries[code];
    return {
      code,
      what: occasion.what,
      why: occasion.why,
      remedy: occasion.remedy ?? entry.remedy,
      at: occasion.at,
    };
  };
}
