import { ok, type Result } from '@prism-build/errors';
import {
  type History,
  mayTakeOver,
  releaseLabel,
  releaseTag,
  type SeenPod,
  type Slot,
} from '@prism-build/stack';
import type { StackProject } from '../stack/openStack';
import { listOwnPods, readPod } from '../stack/pod';
import { projectIn, slots } from './slots';
import { readVersion } from './version';

export interface SlotPod extends SeenPod {
  readonly slot: Slot;
}

/**
 * The pods of a stack, and for which release of its history each was started. One that is only tried beside the serving one
 * does not count: requests do not reach it.
 */
export async function seePods(project: StackProject, history: History): Promise<Result<SlotPod[]>> {
  const found: SlotPod[] = [];
  for (const slot of slots) {
    const names = await listOwnPods(projectIn(project, slot));
    if (!names.ok) return names;
    for (const name of names.value) {
      const pod = await readPod(project, name);
      if (!pod.ok) return pod;
      if (!pod.value) continue;
      const tag = pod.value.labels[releaseLabel];
      const of = history.find(({ release }) => releaseTag(release) === tag);
      if (!of) {
        if (slot === 'own') found.push({ slot, release: undefined, whole: false });
        continue;
      }
      const version = readVersion(project, of.number, of.release);
      if (slot === 'next' && !(version.ok && mayTakeOver(version.value.stack))) continue;
      const { containers } = pod.value;
      const whole =
        version.ok &&
        version.value.stack.spec.containers.length === containers.length &&
        // A command of Podman that outlived a killed command may be stopping them.
        containers.every(({ status }) => status === 'running');
      found.push({ slot, release: of.release, whole });
    }
  }
  return ok(found);
}
