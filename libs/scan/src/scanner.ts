import type { Result } from '@prism-build/errors';
import type { Finding, Secret } from '@prism-build/policy';
import type { Database } from './database';

/** A scanner. Inputs and results have the same form for all scanners. */
export interface Scanner {
  /** Identifies version and binary. Stored results are used only for the same identity. */
  readonly identity: string;
  /**
   * The content of an image: CycloneDX as the scanner prints it. `layout` is an OCI image layout with one platform
   * and verified blobs.
   */
  readonly inventory: (layout: string) => Promise<Result<string>>;
  /** Known vulnerabilities of each inventory, in the same order. Failure: SCAN_ERROR. */
  readonly match: (
    inventories: readonly Uint8Array[],
    database: Database,
  ) => Promise<Result<readonly (readonly Finding[])[]>>;
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
