import { resolve } from 'node:path';
import { findOnPath } from '@prism-build/shell';

/** The path of oras: PRISM_ORAS if set, else the first on PATH; undefined if there is none. */
export function findOras(root: string, env: NodeJS.ProcessEnv): string | undefined {
  return env.PRISM_ORAS ? resolve(root, env.PRISM_ORAS) : findOnPath('oras', env);
}
