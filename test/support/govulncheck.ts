import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

const repository = join(__dirname, '..', '..');

/** Three advisories: two of golang.org/x/text, and the canary. */
export const goDatabase = join(repository, 'test', 'fixtures', 'govulndb');

/** Builds the pinned govulncheck below a shared cache, unless it is there, and returns its path. */
export function installGovulncheck(
  cache = process.env.PRISM_CACHE_DIR ?? join(repository, '.prism', 'cache'),
): string {
  execFileSync(join(repository, 'tools', 'prism', 'install-govulncheck'), {
    env: { ...process.env, PRISM_CACHE_DIR: cache },
  });
  return join(cache, 'tools', 'govulncheck-1.1.4', 'govulncheck');
}
