import { candidateOwner } from '@prism-build/stack';
import type { StackProject } from '../stack/openStack';
import { stopStack } from '../stack/stopStack';

/** The project as the owner of the candidate that it tries beside its serving pod. */
export function candidateProject(project: StackProject): StackProject {
  return { ...project, owner: candidateOwner(project.owner) };
}

/** Removes the candidate at once: nothing uses it. */
export function removeCandidate(project: StackProject): ReturnType<typeof stopStack> {
  return stopStack(candidateProject(project), 0, 'keep');
}
