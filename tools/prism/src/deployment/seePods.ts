import type { Pod } from '@prism-build/engine';
import { all, ok, type Result } from '@prism-build/errors';
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
  const found = all(await Promise.all(slots.map((slot) => seeSlot(project, slot, history))));
  return found.ok ? ok(found.value.flat()) : found;
}

async function seeSlot(project: StackProject, slot: Slot, history: History): Promise<Result<SlotPod[]>> {
  const names = await listOwnPods(projectIn(project, slot));
  if (!names.ok) return names;
  const pods = all(await Promise.all(names.value.map((name) => readPod(project, name))));
  if (!pods.ok) return pods;
  return ok(pods.value.flatMap((pod) => (pod ? describePod(project, slot, pod, history) : [])));
}

function describePod(project: StackProject, slot: Slot, pod: Pod, history: History): SlotPod[] {
  const { labels, containers } = pod;
  const of = history.find(({ release }) => releaseTag(release) === labels[releaseLabel]);
  if (!of) return slot === 'own' ? [{ slot, release: undefined, whole: false }] : [];
  const version = readVersion(project, of.number, of.release);
  if (slot === 'next' && !(version.ok && mayTakeOver(version.value.stack))) return [];
  const whole =
    version.ok &&
    version.value.stack.spec.containers.length === containers.length &&
    // A command of Podman that outlived a killed command may be stopping them.
    containers.every(({ status }) => status === 'running');
  return [{ slot, release: of.release, whole }];
}
