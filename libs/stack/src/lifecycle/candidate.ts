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
