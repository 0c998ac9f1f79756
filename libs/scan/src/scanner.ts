import type { Result } from '@prism-build/errors';
import type { Finding } from '@prism-build/policy';
import type { Database } from './database';

/** A scanner. What it takes and gives does not depend on which one it is. */
export interface Scanner {
  /** Names version and binary; results of one identity are never taken for those of another. */
  readonly identity: string;
  /**
   * What an image holds: CycloneDX as the scanner prints it. `layout` is an OCI image layout with one platform, every
   * blob verified.
   */
  readonly inventory: (layout: string) => Promise<Result<string>>;
  /** Known vulnerabilities of an inventory. Failure: SCAN_ERROR. */
  readonly match: (inventory: Uint8Array, database: Database) => Promise<Result<readonly Finding[]>>;
}
