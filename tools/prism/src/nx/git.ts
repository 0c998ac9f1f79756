import { run } from '@prism-build/shell';

/** The output of a git command in a work tree; undefined if it fails. */
export type Git = (...args: string[]) => Promise<string | undefined>;

const TIMEOUT = 60_000;

export function openGit(root: string): Git {
  return async (...args) => {
    const done = await run({ argv: ['git', '-C', root, ...args], timeout: TIMEOUT });
    return done.ok ? done.value.stdout : undefined;
  };
}
