import type { ImagePlan, Step } from './imagePlan';
import type { CopySource } from './source';

/** What a copy or a mount takes, and where from. */
export interface Read {
  readonly from: CopySource;
  readonly sources: readonly string[];
}

/** All that the stages of an image read, but for what they start from. */
export function listReads({ platforms }: ImagePlan): Read[] {
  return platforms.flatMap(({ stages }) => stages.flatMap(({ steps }) => steps.flatMap(readsOf)));
}

function readsOf(step: Step): Read[] {
  if (step.op === 'copy')
    return [{ from: step.from, sources: step.sources.map((source) => source.replace('/./', '/')) }];
  if (step.op !== 'run') return [];
  return step.mounts.flatMap((mount) =>
    mount.type === 'bind' ? [{ from: mount.from, sources: [mount.source] }] : [],
  );
}
