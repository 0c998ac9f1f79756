import type { Failure } from '@prism-build/errors';
import type { Severity } from './scanPolicy';

/** A known vulnerability in a package of an image. */
export interface Finding {
  readonly id: string;
  readonly package: string;
  readonly installed: string;
  /** Versions with the fix, as the advisory writes them; undefined if none is known. */
  readonly fixed: string | undefined;
  readonly severity: Severity;
  /** The kind of package: gobinary, rustbinary, python-pkg, debian. */
  readonly kind: string;
  /** The package's path in the image; its kind if the scanner gives no path. */
  readonly path: string;
  readonly title: string;
}

/** A secret in a file of an image. Its text is not stored. */
export interface Secret {
  /** The scanner's rule, such as `github-pat`. */
  readonly id: string;
  readonly title: string;
  readonly severity: Severity;
  /** In the layer; `/config.json` for the configuration. */
  readonly path: string;
  readonly line: number;
  /** Digest of the layer or of the configuration. */
  readonly layer: string;
}

/** The parts of an image's configuration that the rules check. */
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
  /** In the files of all layers, also replaced ones, and in the configuration. */
  readonly secrets?: readonly Secret[] | undefined;
  /** Packages that the scanner recognised. */
  readonly packages: number;
  /** Parts of the image that the scan does not cover, one sentence each. */
  readonly gaps: readonly string[];
  /** Time of the database's creation; milliseconds since 1970. */
  readonly databaseTime: number;
}

export interface FailedScan {
  readonly ok: false;
  readonly failures: readonly Failure[];
}
