import type { Container } from '../read/schema';
import type { Stack } from '../read/stack';

/** What a container may be limited in; each is a controller of cgroups. */
export type Resource = 'cpu' | 'memory';

type Amounts = NonNullable<Container['resources']>['limits'];

const all: readonly Resource[] = ['cpu', 'memory'];

/** The resources that containers of a stack limit or request. */
export function listResources({ spec }: Stack): Resource[] {
  const named = spec.containers.flatMap(({ resources }) => [resources?.limits, resources?.requests]);
  return all.filter((one) => named.some((amounts) => amounts?.[one] !== undefined));
}

/**
 * A stack without the resources that Podman cannot limit: runc and crun refuse to start a container that has them. On version 1
 * of cgroups, a user can limit nothing.
 */
export function withinLimits(stack: Stack, limits: readonly Resource[]): Stack {
  const keep = (amounts: Amounts): Amounts =>
    Object.fromEntries(
      all.flatMap((one) => (amounts?.[one] && limits.includes(one) ? [[one, amounts[one]]] : [])),
    );
  const containers = stack.spec.containers.map(({ resources, ...one }): Container => {
    if (!resources || limits.length === 0) return one;
    return { ...one, resources: { limits: keep(resources.limits), requests: keep(resources.requests) } };
  });
  return { ...stack, spec: { ...stack.spec, containers } };
}
