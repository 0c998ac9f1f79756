import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { goSettings } from './goSettings';
import { repository } from './plugin';

const cache = process.env.PRISM_CACHE_DIR ?? join(repository, '.prism', 'cache');

/** Compiles a Go program of test/fixtures, once for each state of its `files`. Returns its path. */
export function compileFixture(
  name: string,
  files: readonly string[],
  program = '.',
  below = 'test/fixtures',
): string {
  const sources = join(repository, below, name);
  const hash = createHash('sha256');
  for (const file of files) hash.update(readFileSync(join(sources, file)));
  const compiled = join(cache, 'tools', `${name}-${hash.digest('hex').slice(0, 16)}`, name);
  if (existsSync(compiled)) return compiled;
  mkdirSync(dirname(compiled), { recursive: true });
  const made = `${compiled}.${process.pid}`;
  const env = { ...process.env, ...goSettings, GOWORK: 'off' };
  execFileSync('go', ['build', '-ldflags=-s -w', '-o', made, program], { cwd: sources, env });
  renameSync(made, compiled);
  return compiled;
}

/** oras, which promote needs for the referrers API. */
export const compileOras = () => compileFixture('oras', ['go.mod', 'go.sum'], 'oras.land/oras/cmd/oras');
