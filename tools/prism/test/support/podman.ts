import { execFileSync } from 'node:child_process';
import { engineSettings } from '../../../../test/support/engineSettings';

/** The output of a command of Podman. Throws an error with what it printed if it fails. */
export function podman(...args: string[]): string {
  const env = { ...process.env, ...engineSettings };
  return execFileSync('podman', args, { encoding: 'utf8', env, stdio: 'pipe' }).trim();
}
