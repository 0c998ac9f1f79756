import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const repository = join(__dirname, '..', '..');
const advisories = join(repository, 'test', 'fixtures', 'advisories');

/** Installs the pinned Trivy below a shared cache, unless it is there, and returns its path. */
export function installTrivy(
  cache = process.env.PRISM_CACHE_DIR ?? join(repository, '.prism', 'cache'),
): string {
  execFileSync(join(repository, 'tools', 'prism', 'install-trivy'), {
    env: { ...process.env, PRISM_CACHE_DIR: cache },
  });
  return join(cache, 'tools', 'trivy-0.68.2', 'trivy');
}

/** Writes a database of test/fixtures/advisories to a directory, and returns the directory. */
export function unpackAdvisories(directory: string, packed = 'trivy.db.xz'): string {
  mkdirSync(directory, { recursive: true });
  const data = execFileSync('xz', ['-dkc', join(advisories, packed)], { maxBuffer: 1 << 26 });
  writeFileSync(join(directory, 'trivy.db'), data);
  copyFileSync(join(advisories, 'metadata.json'), join(directory, 'metadata.json'));
  return directory;
}
