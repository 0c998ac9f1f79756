import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection, Patience } from '@prism-build/registry';

/** How to reach a registry. */
export interface Reach {
  readonly connection: Connection;
  /** Milliseconds for one call of a program. */
  readonly timeout: number;
  readonly patience: Patience;
}

/** The options of targets that say how to reach a registry. */
export interface ReachOptions {
  readonly allowHttp: readonly string[];
  readonly certDir?: string | undefined;
  /** Seconds. */
  readonly timeout: number;
  readonly retries: number;
}

const FIRST_PAUSE = 1000;

export function reachOf(root: string, { allowHttp, certDir, timeout, retries }: ReachOptions): Reach {
  return {
    connection: { allowHttp, certDir: certDir && resolve(root, certDir) },
    timeout: timeout * 1000,
    patience: { attempts: retries + 1, delay: FIRST_PAUSE, sleep, random: Math.random },
  };
}
