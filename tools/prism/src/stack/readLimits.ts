import { parseControllers, podmanPods } from '@prism-build/engine';
import { ok, type Result } from '@prism-build/errors';
import { listResources, type Resource, type Stack } from '@prism-build/stack';
import type { StackProject } from './openStack';
import { queryPodman } from './queryPodman';

/** What Podman can limit of a stack, if that is not everything. Asks only for a user's stack that has resources. */
export async function readLimits(
  project: Pick<StackProject, 'call'>,
  stack: Stack,
  root = process.getuid?.() === 0,
): Promise<Result<Resource[] | undefined>> {
  const wanted = listResources(stack);
  if (root || wanted.length === 0) return ok(undefined);
  const asked = await queryPodman(project, podmanPods.controllers());
  if (!asked.ok) return asked;
  const controllers = parseControllers(asked.value);
  if (!controllers || wanted.every((one) => controllers.includes(one))) return ok(undefined);
  return ok(wanted.filter((one) => controllers.includes(one)));
}

/** What `up` says where limits have no effect. */
export function describeLimits(stack: Stack, limits: readonly Resource[]): string {
  const lacks = listResources(stack).filter((one) => !limits.includes(one));
  return `  ${stack.name} runs without limits of ${lacks.join(' and ')}: Podman may not set them for this user (npx nx g prism:doctor)\n`;
}
