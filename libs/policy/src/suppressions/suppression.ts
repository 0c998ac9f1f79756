import type { Place } from '@prism-build/errors';

/** What a suppression applies to. All parts that are given must match. */
export interface Scope {
  readonly package?: string | undefined;
  /** A path in the image, or a pattern such as `usr/lib/**`. */
  readonly path?: string | undefined;
  /** A package URL; without a version, every version of the package. */
  readonly purl?: string | undefined;
  /** Digest of the image index or of the manifest of a platform. */
  readonly digest?: string | undefined;
}

/** A finding or a broken rule that is accepted. */
export interface Suppression extends Scope {
  /** Names of the advisory, one of which must match, or the name of a rule. */
  readonly ids: readonly string[];
  /** Absent where the format has none. */
  readonly owner?: string | undefined;
  readonly reason: string;
  /** The first moment at which it no longer applies, milliseconds since 1970; absent if it has no end. */
  readonly until?: number | undefined;
  readonly at: Place;
}
