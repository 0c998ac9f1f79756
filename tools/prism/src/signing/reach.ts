import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection, Patience } from '@prism-build/registry';
import { type ConnectionOptions, connectionOf } from '../nx/connectionOf';

/** How to reach a registry. */
export interface Reach {
  readonly connection: Connection;
  /** Milliseconds for one call of a program. */
  readonly timeout: number;
  readonly patience: Patience;
}

/** The options of targets that say how to reach a registry. */
export interface ReachOptions extends ConnectionOptions {
  /** Seconds. */
  readonly timeout: number;
  readonly retries: number;
}

const FIRST_PAUSE = 1000;

export function reachOf(root: string, options: ReachOptions): Reach {
  const { timeout, retries } = options;
  return {
    connection: connectionOf(root, options),
    timeout: timeout * 1000,
    patience: { attempts: retries + 1, delay: FIRST_PAUSE, sleep, random: Math.random },
  };
}
