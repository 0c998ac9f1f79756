import { resolve } from 'node:path';
import type { Connection } from '@prism-build/registry';

/** The options that say how to connect to a registry. */
export interface ConnectionOptions {
  readonly allowHttp: readonly string[];
  readonly certDir?: string | undefined;
}

export function connectionOf(root: string, { allowHttp, certDir }: ConnectionOptions): Connection {
  return { allowHttp, certDir: certDir && resolve(root, certDir) };
}
