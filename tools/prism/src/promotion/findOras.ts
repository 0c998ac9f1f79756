import { delimiter, join, resolve } from 'node:path';
import { isExecutable } from '@prism-build/shell';

/** The path of oras: PRISM_ORAS if set, else the first on PATH; undefined if there is none. */
export function findOras(root: string, env: NodeJS.ProcessEnv): string | undefined {
  if (env.PRISM_ORAS) return resolve(root, env.PRISM_ORAS);
  return (env.PATH ?? '')
    .split(delimiter)
    .filter(Boolean)
    .map((one) => join(one, 'oras'))
    .find(isExecutable);
}
