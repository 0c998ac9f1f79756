import { formatPlatform } from '@prism-build/containerfile';
import type { DigestJson } from '@prism-build/oci';
import { explainCompile, explainVolumes, type ImagePlan, type Reads } from '@prism-build/plan';

/** A line for each platform, and the digest. */
export function describeImage(image: DigestJson): string {
  const rows = image.platforms.map(({ platform, totals }) => {
    const megabytes = (totals.uncompressedSize / 1e6).toFixed(2);
    return `  ${formatPlatform(platform).padEnd(14)} ${megabytes} MB\n`;
  });
  return `${rows.join('')}  ${image.index.digest}\n`;
}

/** A stage that may have been meant for a compiler says why it is none: it costs more, and nobody would notice. */
export function describeStage(reads: Reads): string {
  const reasons = explainCompile(reads).map(({ what, at }) => `    ${at?.file}:${at?.line}: ${what}\n`);
  if (reasons.length === 0) return '';
  return `  the stage compile is not recognised, so an engine executes it:\n${reasons.join('')}`;
}

/** Instructions that other engines read otherwise, each with its line. */
export function describeHints(plan: ImagePlan): string {
  return explainVolumes(plan)
    .map(({ what, at }) => `  warning: ${at.file}:${at.line}: ${what}\n`)
    .join('');
}
