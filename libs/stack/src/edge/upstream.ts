/**
 * The places of a stack's pod: a version that takes over starts in the one that the serving version does not have. Both are also
 * names of servers in the reverse proxy.
 */
export type Slot = 'own' | 'next';

/** Where requests go: a pod, and its ports on loopback by port in the pod. */
export interface Upstream {
  readonly slot: Slot;
  readonly ports: Readonly<Record<number, number>>;
}

export const otherSlot = (slot: Slot): Slot => (slot === 'own' ? 'next' : 'own');
