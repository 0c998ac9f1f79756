import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

const root = join(__dirname, '..', '..');

/** Installs the pinned cosign to the shared cache, unless it is there. Returns its path. */
export function installCosign(): string {
  const cache = process.env.PRISM_CACHE_DIR ?? join(root, '.prism', 'cache');
  execFileSync(join(root, 'tools', 'prism', 'install-cosign'), {
    env: { ...process.env, PRISM_CACHE_DIR: cache },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return join(cache, 'tools', 'cosign-2.5.0', 'cosign');
}
