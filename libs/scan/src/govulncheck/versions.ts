import { failed, ok, type Result, scanFailure } from '@prism-build/errors';

/** What tools/prism/install-govulncheck builds with the pinned Go, by SHA-256: every machine gets the same bytes. */
export const pinnedGovulncheck: Readonly<Record<string, string>> = {
  // linux/amd64
  'sha256:826b62316fcb7b18f7ea20388b91171fad03553383510b10061bf3aa53296cbd': '1.1.4',
  // linux/arm64
  'sha256:56d75f068306a66205d424e8219a95f322a2520ea54812798bd2195ffb5d491c': '1.1.4',
};

/** Identifies a binary that is pinned here or trusted by digest in the policy. Failure: SCANNER_REFUSED. */
export function identifyGovulncheck(
  path: string,
  digest: string,
  trusted: readonly string[],
): Result<string> {
  const version = pinnedGovulncheck[digest];
  if (version !== undefined) return ok(`govulncheck ${version} ${digest}`);
  if (trusted.includes(digest)) return ok(`govulncheck ${digest}`);
  return failed(
    scanFailure('SCANNER_REFUSED', {
      what: `${path} (${digest}) is not used`,
      why: 'its digest is not a pinned one',
      remedy: `Remove it and run \`sh node_modules/prism/install-govulncheck\`, or add "${digest}" to "scanners" of the scan policy.`,
    }),
  );
}
