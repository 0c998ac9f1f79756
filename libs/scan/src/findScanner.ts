import { join, resolve } from 'node:path';
import { findOnPath, isExecutable } from '@prism-build/shell';

/** The versions that `tools/prism/install-<name>` installs, and the variables that name another binary. */
const scanners = {
  trivy: { version: '0.68.2', variable: 'PRISM_TRIVY' },
  govulncheck: { version: '1.1.4', variable: 'PRISM_GOVULNCHECK' },
} as const;

/**
 * The path of a scanner: that of its variable if set, else the installed one below the shared cache, else the first on PATH. If
 * there is none, returns the path of the installed one, so that the failure names it.
 */
export function findScanner(
  name: keyof typeof scanners,
  root: string,
  cache: string,
  env: NodeJS.ProcessEnv,
): string {
  const { version, variable } = scanners[name];
  const named = env[variable];
  if (named) return resolve(root, named);
  const installed = join(cache, 'tools', `${name}-${version}`, name);
  return isExecutable(installed) ? installed : (findOnPath(name, env) ?? installed);
}
