import type { Result } from '@prism-build/errors';
import type { Finding, Secret } from '@prism-build/policy';
import type { Database } from './database';
import type { LayoutSources, ScannedPlatform } from './layout';

/**
 * A scanner for vulnerabilities. It reads an image once, without a database, and matches what it noted as often as there is a
 * new database. Its notes, the inventory, have a form of its own; everything else has the same form for all scanners.
 */
export interface Scanner {
  /** As reports name it: `trivy`. */
  readonly name: string;
  /** Identifies version and binary. Stored results are used only for the same identity. */
  readonly identity: string;
  /** What the scanner has to know of an image. Failures: SCAN_ERROR, BLOB_CORRUPT, BLOB_MISSING, LAYER_UNREADABLE. */
  readonly inventory: (sources: LayoutSources, platform: ScannedPlatform) => Promise<Result<string>>;
  /** What of an image an inventory covers. Failure: SCAN_ERROR. */
  readonly survey: (inventory: Uint8Array) => Result<Survey>;
  /** Known vulnerabilities of each inventory, in the same order. Failure: SCAN_ERROR. */
  readonly match: (
    inventories: readonly Uint8Array[],
    database: Database,
  ) => Promise<Result<readonly (readonly Finding[])[]>>;
}

/** What an inventory covers, and how to see that a database can judge it. */
export interface Survey {
  /** Packages that the scanner recognised. Without any, nothing is matched. */
  readonly packages: number;
  readonly canaries: readonly Canary[];
  /** Parts of the image that the inventory does not cover, one sentence each. */
  readonly gaps: readonly string[];
}

/** An inventory with a published vulnerability that no database drops. */
export interface Canary {
  readonly inventory: string;
  /** Whether the scanner found what it must find. */
  readonly isFound: (findings: readonly Finding[]) => boolean;
  /** The gap to report if it did not. */
  readonly gap: string;
}

/** A scanner for secrets. */
export interface SecretScanner {
  /** As of `Scanner`. */
  readonly identity: string;
  /** The secrets in the files of a layout, by path. Failure: SCAN_ERROR. */
  readonly secrets: (layout: string) => Promise<Result<readonly FoundSecret[]>>;
}

/** A secret in a file of a layer. */
export type FoundSecret = Omit<Secret, 'layer'>;
