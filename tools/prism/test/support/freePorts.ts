import { findFreePorts } from '../../src/stack/ports';

/** Ports of loopback on which nothing listens. */
export async function freePorts(count: number): Promise<number[]> {
  return Object.values(await findFreePorts(Array.from({ length: count }, (_, index) => index)));
}
