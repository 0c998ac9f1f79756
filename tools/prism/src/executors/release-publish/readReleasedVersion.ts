import type { ExecutorContext } from '@nx/devkit';
import { failed, ok, pushFailure, type Result } from '@prism-build/errors';
import { openGit } from '../../nx/git';
import { readTagPattern } from '../../nx/readTagPattern';
import { versionOfTags } from './releaseTags';

/**
 * The version under which the commit that is checked out released a project, by its tags in git; undefined if this commit did not
 * release it. Failures: PUSH_RELEASE_UNKNOWN, because without any tag nothing can be said.
 */
export async function readReleasedVersion(
  project: string,
  context: ExecutorContext,
): Promise<Result<string | undefined>> {
  const listed = await openGit(context.root)('tag', '--points-at', 'HEAD');
  const tags = listed?.split('\n').filter((tag) => tag !== '') ?? [];
  if (tags.length === 0) {
    const what = `no tag of git names the commit that is checked out, so the version of ${project} is not known`;
    return failed(pushFailure('PUSH_RELEASE_UNKNOWN', { what }));
  }
  const pattern = await readTagPattern(project, context);
  return pattern.ok ? ok(versionOfTags(tags, pattern.value, project)) : pattern;
}
