import { delimiter, join, resolve } from 'node:path';
import { isExecutable } from '@prism-build/shell';

/** The version that tools/prism/install-trivy installs. */
const pinnedVersion = '0.68.2';

/** Where tools/prism/install-trivy puts the pinned Trivy, below the shared cache. */
function installedTrivy(cache: string): string {
  return join(cache, 'tools', `trivy-${pinnedVersion}`, 'trivy');
}

/**
 * The path of Trivy: PRISM_TRIVY if set, else the installed one, else the first on PATH. If there is none, returns
 * the path of the installed one, so that the failure names it.
 */
export function findTrivy(root: string, cache: string, env: NodeJS.ProcessEnv): string {
  if (env.PRISM_TRIVY) return resolve(root, env.PRISM_TRIVY);
  const installed = installedTrivy(cache);
  const onPath = (env.PATH ?? '')
    .split(delimiter)
    .filter(Boolean)
    .map((one) => join(one, 'trivy'));
  return [installed, ...onPath].find(isExecutable) ?? installed;
}
