import type { WorkTree } from '../commit';

/**
 * Projects that depend on the tools, and projects that depend on the base. The later lists include projects added
 * later.
 */
const onTools = 'base-tools report pair-in pair-out';
export const onRuntime = `base-runtime ${onTools} api job web stats shared args`;
export const onTools2 = `${onTools} admin`;
export const onRuntime2 = `${onRuntime} admin`;

/** Files that several commits edit. */
export const index = 'svc/web/static/index.html';
export const apiMain = 'svc/api/cmd/api/main.go';
export const passwd = 'containerfiles/runtime/etc/passwd';
export const greeting = 'containerfiles/tools/bin/greet';

export const imageOptions = (options: object): string =>
  JSON.stringify({ targets: { 'build-image': { options } } });

export function revert(git: WorkTree['git'], commit: string): void {
  git('revert', '--no-commit', commit);
}

/** Commits work on a branch and merges it without committing the merge. */
export function merge({ git }: WorkTree, work: readonly (() => void)[]): void {
  git('switch', '-qc', 'branch');
  for (const change of work) {
    change();
    git('commit', '-qam', 'on the branch');
  }
  git('switch', '-q', '-');
  git('merge', '--no-ff', '--no-commit', '-q', 'branch');
  git('branch', '-qD', 'branch');
}

/** Updates a package as `npm install` does: a new tarball in the manifest and in the lockfile. */
export function updatePlugin({ replace }: WorkTree, edited: boolean): void {
  const names = ['/prism-build-nx-', '/edited-prism-build-nx-'];
  const [from, to] = edited ? names : names.reverse();
  for (const file of ['package.json', 'package-lock.json']) replace(file, from!, to!);
}

/** Adds a package that the plugin does not use to the manifest and the lockfile. */
export function bumpPackage({ replace }: WorkTree): void {
  replace('package.json', '"devDependencies":{', '"devDependencies":{"tslib":"2.99.0",');
  replace(
    'package-lock.json',
    '"devDependencies": {\n',
    '"devDependencies": {\n        "tslib": "2.99.0",\n',
  );
  replace(
    'package-lock.json',
    '"node_modules/tslib": {\n      "version": "',
    '"node_modules/tslib": {\n      "version": "2.99.0-',
  );
}
