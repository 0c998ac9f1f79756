import type { Result } from '@prism-build/errors';
import type { Finding } from '@prism-build/policy';
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
  /** Known vulnerabilities of an inventory. Failure: SCAN_ERROR. */
  readonly match: (inventory: Uint8Array, database: Database) => Promise<Result<readonly Finding[]>>;
}
