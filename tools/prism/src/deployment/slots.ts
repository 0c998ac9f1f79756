import { all, ok, type Result } from '@prism-build/errors';
import { candidateOf, candidateOwner, type Slot, type Stack } from '@prism-build/stack';
import type { StackProject } from '../stack/openStack';
import { stopStack } from '../stack/stopStack';

/** The serving pod comes first, unless it is behind a reverse proxy. */
export const slots: readonly Slot[] = ['own', 'next'];

/** A project as the owner of the pod in one of its slots: what belongs to the pod in the other one is not touched. */
export function projectIn(project: StackProject, slot: Slot): StackProject {
  return slot === 'own' ? project : { ...project, owner: candidateOwner(project.owner) };
}

/** A stack under the name of its pod in a slot. */
export function stackIn(stack: Stack, slot: Slot): Stack {
  return slot === 'own' ? stack : candidateOf(stack);
}

/** Stops and removes the pod in a slot, if there is one. */
export function emptySlot(project: StackProject, slot: Slot, grace: number): ReturnType<typeof stopStack> {
  return stopStack(projectIn(project, slot), grace, 'keep');
}

/** Stops and removes the pods in both slots. Returns how many there were. */
export async function emptySlots(project: StackProject, grace: number): Promise<Result<number>> {
  const removed = all(await Promise.all(slots.map((slot) => emptySlot(project, slot, grace))));
  return removed.ok ? ok(removed.value.reduce((sum, { pods }) => sum + pods.length, 0)) : removed;
}
