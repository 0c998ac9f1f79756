import type { Stack } from '../read/stack';

/**
 * A stack to try beside the one that serves: under another name, so with volumes of its own, and without the ports of
 * Services. Its probes get free ports.
 */
export function candidateOf(stack: Stack): Stack {
  return { ...stack, name: `${stack.name}-next`, ports: [] };
}

/** The owner of a candidate: what belongs to the serving pod is not touched. */
export function candidateOwner(owner: string): string {
  return `${owner}.next`;
}

/** Whether two versions may run at the same time. Data of a claim has one writer. */
export function mayRunBeside({ claims }: Stack): boolean {
  return claims.length === 0;
}

/**
 * A stack as `deploy` starts it: the ports to which its reverse proxy forwards get free numbers, so that two versions can run at
 * the same time.
 */
export function asDeployed(stack: Stack): Stack {
  const { edge } = stack;
  if (!edge) return stack;
  const forwarded = (port: number) => edge.backends.some(({ containerPort }) => containerPort === port);
  return {
    ...stack,
    ports: stack.ports.filter((one) => one.protocol !== 'TCP' || !forwarded(one.containerPort)),
  };
}

/** Whether a version takes over without a gap: the reverse proxy has all of its ports, and its data has no single writer. */
export function mayTakeOver(stack: Stack): boolean {
  return stack.edge !== undefined && stack.ports.length === 0 && mayRunBeside(stack);
}
