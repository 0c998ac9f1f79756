import { cpSync, existsSync, lstatSync } from 'node:fs';
import { join } from 'node:path';
import { base } from './base';
import { run } from './run';
import { root } from './workspace';

/** Git with a fixed identity, without settings of the user or the machine. */
export const gitEnvironment: NodeJS.ProcessEnv = {
  ...process.env,
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_SYSTEM: '/dev/null',
  GIT_AUTHOR_NAME: 'e2e',
  GIT_AUTHOR_EMAIL: 'e2e@localhost',
  GIT_COMMITTER_NAME: 'e2e',
  GIT_COMMITTER_EMAIL: 'e2e@localhost',
};

export function git(at: string, ...args: string[]): Promise<string> {
  return run(['git', ...args], { cwd: at, env: gitEnvironment });
}

/**
 * A repository with one commit: the current work tree, including uncommitted changes. Made once for each run; clones
 * are made from it.
 */
export async function snapshot(): Promise<string> {
  const at = join(base(), 'snapshot');
  if (existsSync(join(at, '.git/refs/heads/main'))) return at;
  const listed = await git(root, 'ls-files', '-z', '--cached', '--others', '--exclude-standard');
  for (const name of listed.split('\0').filter(Boolean)) {
    const from = join(root, name);
    // Git still lists a deleted file until the deletion is committed.
    if (lstatSync(from, { throwIfNoEntry: false }))
      cpSync(from, join(at, name), { recursive: true, verbatimSymlinks: true });
  }
  await git(at, 'init', '--quiet', '--initial-branch=main');
  await git(at, 'add', '--all');
  await git(at, 'commit', '--quiet', '--message=the work tree');
  return at;
}
