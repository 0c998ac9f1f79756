import type { ExecutorContext } from '@nx/devkit';
import { type DigestJson, encodeDigestJson } from '@prism-build/oci';
import { keep } from '@prism-build/scan';
import { imageKey } from '@prism-build/workspace';
import { measurementsDirectory } from '../../measuring/benchDirectories';
import { openGit } from '../../nx/git';
import { baselineKey } from './findBaseline';

/**
 * Stores digest.json under the digest of the image, and under the commit if the work tree equals it, so that later runs can compare
 * with them. Returns that commit.
 */
export async function rememberImage(
  project: string,
  variant: string | undefined,
  image: DigestJson,
  context: ExecutorContext,
): Promise<string | undefined> {
  const git = openGit(context.root);
  const head = await git('rev-parse', '--verify', '--quiet', 'HEAD');
  const changes = head && (await git('status', '--porcelain', '--untracked-files=normal'));
  const commit = changes === '' ? head : undefined;
  const text = Buffer.from(encodeDigestJson(image)).toString();
  for (const of of [image.index.digest, ...(commit === undefined ? [] : [commit])])
    await keep(measurementsDirectory(context), baselineKey(of, imageKey(project, variant)), text);
  return commit;
}
