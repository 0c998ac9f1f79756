import { sourceOf, type Verification } from '@prism-build/attestation';
import type { Failure, Result } from '@prism-build/errors';

/** The result of a verification, as one line of JSON or for a terminal. */
export function printVerification(
  image: string,
  verified: Result<Verification>,
  reasons: readonly Failure[],
  { json, rebuild }: { readonly json: boolean; readonly rebuild: boolean },
): string {
  const platforms = verified.ok ? describePlatforms(verified.value) : [];
  if (json) {
    const allowed = reasons.length === 0;
    return `${JSON.stringify({ version: 1, image, allowed, rebuilt: allowed && rebuild, platforms, reasons })}\n`;
  }
  const lines = platforms.map(({ platform, builder, source, commit }) => {
    const built = builder === undefined ? '' : `, built by ${builder} from ${source} at ${commit}`;
    return `  ${platform ?? 'image'}: signed${built}\n`;
  });
  const again = rebuild ? '  built again from that commit: the same digest\n' : '';
  return `  ${image}\n${lines.join('')}${again}`;
}

function describePlatforms({ platforms }: Verification) {
  return platforms.map(({ platform, digest, provenance }) => {
    const source = provenance && sourceOf(provenance);
    return {
      ...{ platform, digest, builder: provenance?.runDetails.builder.id },
      ...{ source: source?.uri, commit: source?.digest?.gitCommit },
    };
  });
}
