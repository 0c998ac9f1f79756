import { setTimeout as wait } from 'node:timers/promises';

/**
 * Calls `attempt` until it returns a value. At the deadline, fails with its last error, or with `what`. Returns the
 * value and the milliseconds that it took.
 */
export async function until<T>(
  what: string,
  limit: number,
  attempt: () => Promise<T | undefined | false>,
): Promise<{ readonly value: T; readonly elapsed: number }> {
  const start = performance.now();
  let last: unknown = 'it never was';
  for (;;) {
    try {
      const value = await attempt();
      if (value !== undefined && value !== false) return { value, elapsed: performance.now() - start };
    } catch (error) {
      last = error;
    }
    if (performance.now() - start > limit) throw new Error(`${what}: not within ${limit} ms (${last})`);
    await wait(10);
  }
}
