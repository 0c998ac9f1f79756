import { type Containerfile, formatPlatform } from '@prism-build/containerfile';
import type { DigestJson } from '@prism-build/oci';
import {
  explainArguments,
  explainCompile,
  explainVolumes,
  type ImagePlan,
  type ImageReads,
  type Reads,
} from '@prism-build/plan';

/** One line for each platform with its size, then the digest of the image. */
export function describeImage(image: DigestJson): string {
  const rows = image.platforms.map(({ platform, totals }) => {
    const megabytes = (totals.uncompressedSize / 1e6).toFixed(2);
    return `  ${formatPlatform(platform).padEnd(14)} ${megabytes} MB\n`;
  });
  return `${rows.join('')}  ${image.index.digest}\n`;
}

/** Why the stage `compile` is not recognised: an engine executes it then, which is slower. Empty if there is no reason. */
export function describeStage(reads: Reads): string {
  const reasons = explainCompile(reads).map(({ what, at }) => `    ${at?.file}:${at?.line}: ${what}\n`);
  if (reasons.length === 0) return '';
  return `  the stage compile is not recognised, so an engine executes it:\n${reasons.join('')}`;
}

/** Warnings for instructions that other engines interpret differently, each with its line. */
export function describeHints(plan: ImagePlan, containerfile: Containerfile, reads: ImageReads): string {
  const { file, warnings } = containerfile;
  const own = warnings.map(({ what, line }) => ({ what, at: { file, line } }));
  return [...own, ...explainArguments(containerfile, reads), ...explainVolumes(plan)]
    .sort((a, b) => (a.at.line ?? 0) - (b.at.line ?? 0))
    .map(({ what, at }) => `  warning: ${at.file}:${at.line}: ${what}\n`)
    .join('');
}
