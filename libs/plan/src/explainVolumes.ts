import type { Place } from '@prism-build/errors';
import type { ImagePlan, StagePlan, Step } from './imagePlan';

/** An instruction whose effect engines do not agree on. */
interface Hint {
  readonly what: string;
  readonly at: Place;
}

/**
 * Instructions that write into a VOLUME declared above them in their stage: a COPY or ADD to it, a RUN that names
 * its path. What they write is kept here, as in BuildKit and Podman from 5.2; Docker's classic builder and older Podman
 * discard it (Dockerfile reference, "Notes about specifying volumes").
 */
export function explainVolumes({ containerfile: file, platforms }: ImagePlan): Hint[] {
  const hints = platforms.flatMap(({ stages }) => stages.flatMap((stage) => explainStage(stage, file)));
  return [...new Map(hints.map((hint) => [JSON.stringify(hint), hint])).values()];
}

function explainStage({ steps }: StagePlan, file: string): Hint[] {
  const hints: Hint[] = [];
  const volumes = new Map<string, number>();
  for (const step of steps) {
    for (const [path, line] of volumes) {
      if (!writesTo(step, path)) continue;
      const what = `writes into VOLUME ${path} of line ${line}: it stays, as in BuildKit; Docker's classic builder and Podman before 5.2 discard it. Move VOLUME behind it.`;
      hints.push({ what, at: { file, line: step.line } });
    }
    if (step.op !== 'config') continue;
    for (const path of step.volumes ?? []) volumes.set(path.replace(/(.)\/+$/, '$1'), step.line);
  }
  return hints;
}

function writesTo(step: Step, volume: string): boolean {
  if (step.op === 'copy') return `${step.destination.replace(/\/$/, '')}/`.startsWith(`${volume}/`);
  if (step.op !== 'run') return false;
  const text = step.argv.join(' ') + (step.script ?? '');
  const before = '(?<![\\w./-])';
  const path = volume.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`${before}${path}(?![\\w.-])`).test(text) || isBelow(step.working, volume);
}

const isBelow = (path: string, directory: string): boolean => `${path}/`.startsWith(`${directory}/`);
