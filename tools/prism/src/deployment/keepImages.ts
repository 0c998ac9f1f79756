import { parseImageNames, podmanPods, removeImage } from '@prism-build/engine';
import { ok, type Result } from '@prism-build/errors';
import { listExpired, listUnneeded, moveOf } from '@prism-build/stack';
import type { StackProject } from '../stack/openStack';
import { queryPodman } from '../stack/queryPodman';
import type { Journal } from './journal';
import { readVersion, removeVersions, type Version } from './version';

/** Gives the images of a version names of their own in Podman, so that nothing that removes old names removes them. */
export async function keepImages({ call }: StackProject, { images }: Version): Promise<Result<void>> {
  for (const { config, name } of images) {
    const tagged = await call({ argv: podmanPods.tag(config!.replace('sha256:', ''), name) });
    if (!tagged.ok) return tagged;
  }
  return ok(undefined);
}

/**
 * Ends the deployments that are too old to go back to: their images are no longer kept. An image that Podman refuses to remove
 * is in use; the next deployment tries again.
 */
export async function forgetOld(
  project: StackProject,
  journal: Journal,
  keep: number | 'none',
): Promise<Result<void>> {
  const expired = listExpired(journal.history(), keep);
  if (expired.length > 0) {
    const cause = keep === 'none' ? 'down --volumes' : 'its images are no longer kept';
    const recorded = await journal.add(expired.map((one) => moveOf(one, 'DESTROYED', cause)));
    if (!recorded.ok) return recorded;
  }
  const kept = journal.history().filter(({ state }) => state !== 'DESTROYED');
  const versions = kept.map(({ number, release }) => readVersion(project, number, release));
  // Without a file, nobody knows which images it needs.
  if (versions.some((one) => !one.ok)) return ok(undefined);
  const listed = await queryPodman(project, podmanPods.listImages());
  if (!listed.ok) return listed;
  const names = parseImageNames(listed.value);
  const needed = versions.flatMap((one) => (one.ok ? one.value.images.map(({ name }) => name) : []));
  for (const name of listUnneeded(names, project.owner, needed))
    await project.call({ argv: removeImage({ name: 'podman' }, name) });
  return removeVersions(project, new Set(kept.map(({ release }) => release)));
}
