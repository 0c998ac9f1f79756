import { spawnSync } from 'node:child_process';

/** Seed for random cases: different for every commit, and equal on all machines for one commit. */
export function treeSeed(): number {
  const { stdout } = spawnSync('git', ['rev-parse', 'HEAD^{tree}'], { cwd: __dirname, encoding: 'utf8' });
  return /^[0-9a-f]{40}/.test(stdout) ? Number.parseInt(stdout.slice(0, 6), 16) : Date.now() % 1_000_000;
}
