import type { Failure, Result } from '@prism-build/errors';
import { mayPass } from './pushFailures';

/** How often and how patiently a call is repeated. */
export interface Patience {
  /** Calls in all, the first included. */
  readonly attempts: number;
  /** Milliseconds before the second call; doubled each time. */
  readonly delay: number;
  readonly sleep: (milliseconds: number) => Promise<unknown>;
  /** Between 0 and 1: spreads the retries of pushes that were refused together. */
  readonly random: () => number;
}

const MAX_DELAY = 30_000;

/**
 * Repeats a call whose failure may pass. skopeo itself honours Retry-After of 429, except for the bytes of a blob; this covers
 * those, 5xx and broken connections. A repeated upload sends no blob that has arrived.
 */
export async function withRetries<T>(
  { attempts, delay, sleep, random }: Patience,
  call: () => Promise<Result<T>>,
  told: (failures: readonly Failure[], milliseconds: number) => void = () => undefined,
): Promise<Result<T>> {
  for (let attempt = 1; ; attempt++) {
    const result = await call();
    if (result.ok || attempt >= attempts || !result.failures.every(mayPass)) return result;
    const wait = Math.min(MAX_DELAY, delay * 2 ** (attempt - 1)) * (0.5 + random());
    told(result.failures, wait);
    await sleep(wait);
  }
}
