import type { Failure } from '@prism-build/errors';
import type { LicensedPackage } from './licenses';
import type { Severity } from './severity';

/**
 * Whether a program can run the vulnerable code. `called`: the program contains a vulnerable function, so the linker found a way
 * from the program's start to it; `symbols` are those functions. `notCalled`: it contains none of them. `unknown`: nobody can
 * say, for the reason `why`.
 */
export type Reachability =
  | { readonly state: 'called'; readonly symbols: readonly string[] }
  | { readonly state: 'notCalled' }
  | { readonly state: 'unknown'; readonly why: string };

/** A known vulnerability in a package of an image. */
export interface Finding {
  readonly id: string;
  /** Other names of the same vulnerability: CVE, GHSA or GO. */
  readonly aliases?: readonly string[] | undefined;
  /** The scanners that report it, if more than one looked. */
  readonly scanners?: readonly string[] | undefined;
  /** Absent if no scanner looked. */
  readonly reachability?: Reachability | undefined;
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
  /** The package URL. */
  readonly purl?: string | undefined;
  /** Time of the advisory's publication; ISO 8601. */
  readonly published?: string | undefined;
  /** Probability of exploitation within 30 days, 0 to 1 (https://www.first.org/epss); absent if the database has none. */
  readonly epss?: number | undefined;
  /** Whether the catalogue of known exploited vulnerabilities (CISA KEV) has it; absent if the database has no catalogue. */
  readonly knownExploited?: boolean | undefined;
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

/** Facts about the files of a platform. Paths have no leading slash. */
export interface FileFacts {
  /** Files with the setuid or setgid bit; directories with the setgid bit pass it on and grant nothing. */
  readonly setuid: readonly { readonly path: string; readonly mode: number }[];
  readonly worldWritable: readonly { readonly path: string; readonly type: 'file' | 'directory' }[];
  readonly shells: readonly string[];
  readonly packageManagers: readonly string[];
  /** Executable ELF files by architecture (GOARCH; `an unknown architecture` for others). */
  readonly binaries: Readonly<Record<string, readonly string[]>>;
}

/** The parts of an image that the rules check. */
export interface ImageFacts {
  readonly user: string;
  /** `NAME=value` as in the config. */
  readonly env: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  /** As in the config: `8080/tcp`. */
  readonly ports: readonly string[];
  /** The ports that the Containerfile exposes; undefined if there is no Containerfile to compare with. */
  readonly declaredPorts: readonly string[] | undefined;
  /** The images it starts from, and whether a digest is fixed for each. */
  readonly bases: readonly { readonly name: string; readonly pinned: boolean }[];
  readonly files: FileFacts;
}

/** What a scan of one platform found, or why it failed. */
export interface Assessment {
  /** As in `linux/amd64`. */
  readonly platform: string;
  /** Digest of the image index. */
  readonly digest: string;
  /** Digest of the platform's manifest. */
  readonly manifest?: string | undefined;
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
  /** The same of the second scanner's database; undefined if there is no second scanner. */
  readonly secondDatabaseTime?: number | undefined;
  /** The packages with their licences; judged if the policy has lists of licences. */
  readonly licenses?: readonly LicensedPackage[] | undefined;
}

interface FailedScan {
  readonly ok: false;
  readonly failures: readonly Failure[];
}
