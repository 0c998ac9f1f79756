import { join } from 'node:path';
import type { TagFacts } from '@prism-build/registry';
import { readTextIfThere } from '@prism-build/shell';
import { openGit } from './git';

/** What git and package.json say about the state that is pushed. */
export interface SourceFacts extends TagFacts {
  /** The changes of the work tree, one a line; undefined if nothing asked for them, or outside of git. */
  readonly changes: string | undefined;
}

/** What a push wants to know. Git is only asked for that: its status reads the whole work tree. */
interface Wanted {
  /** The placeholders of the tag rules. */
  readonly placeholders: readonly string[];
  readonly version: string | undefined;
  readonly changes: boolean;
}

/** Gathers what the tag rules and the gate need. `project` is the project's directory. */
export async function readSourceFacts(
  root: string,
  project: string,
  { placeholders, version, changes }: Wanted,
  env: NodeJS.ProcessEnv,
): Promise<SourceFacts> {
  const git = openGit(root);
  const status =
    changes || placeholders.includes('sha')
      ? await git('status', '--porcelain', '--untracked-files=normal')
      : undefined;
  return {
    version: version ?? readVersion(join(root, project, 'package.json')),
    commit: await git('rev-parse', '--verify', '--quiet', 'HEAD'),
    dirty: status !== undefined && status !== '',
    changes: status,
    branch: placeholders.includes('branch')
      ? ((await git('symbolic-ref', '--quiet', '--short', 'HEAD')) ?? branchOfCI(env))
      : undefined,
  };
}

/** CI systems check out a commit without a branch. */
function branchOfCI(env: NodeJS.ProcessEnv): string | undefined {
  return env.GITHUB_HEAD_REF || env.GITHUB_REF_NAME || env.CI_COMMIT_REF_NAME || env.BRANCH_NAME || undefined;
}

function readVersion(file: string): string | undefined {
  try {
    const { version } = JSON.parse(readTextIfThere(file) ?? '{}') as { version?: unknown };
    return typeof version === 'string' && version !== '' ? version : undefined;
  } catch {
    return undefined;
  }
}
