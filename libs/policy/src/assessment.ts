import type { Failure } from '@prism-build/errors';
import type { Severity } from './scanPolicy';

/** A known vulnerability in a package of an image. */
export interface Finding {
  readonly id: string;
  readonly package: string;
  readonly installed: string;
  /** Versions that have the fix, as the advisory writes them; undefined: none is known. */
  readonly fixed: string | undefined;
  readonly severity: Severity;
  /** The kind of package: gobinary, rustbinary, python-pkg, debian. */
  readonly kind: string;
  /** Where the package is in the image; the kind where the scanner does not say. */
  readonly path: string;
  readonly title: string;
}

/** The configuration of an image, as far as rules judge it. */
export interface ImageFacts {
  readonly user: string;
  /** `NAME=value` as in the config. */
  readonly env: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
}

/** What a scan of one platform found, or why it failed. */
export interface Assessment {
  /** As in `linux/amd64`. */
  readonly platform: string;
  /** Digest of the image index. */
  readonly digest: string;
  readonly facts: ImageFacts;
  readonly scan: Scanned | FailedScan;
}

export interface Scanned {
  readonly ok: true;
  readonly findings: readonly Finding[];
  /** Packages that the scanner recognised. */
  readonly packages: number;
  /** What of the image the scan says nothing about, each a sentence. */
  readonly gaps: readonly string[];
  /** When the database was made; milliseconds since 1970. */
  readonly databaseTime: number;
}

export interface FailedScan {
  readonly ok: false;
  readonly failures: readonly Failure[];
}
