import { ok, type Result } from '@prism-build/errors';
import { type History, releaseLabel, releaseTag, type SeenPod } from '@prism-build/stack';
import type { StackProject } from '../stack/openStack';
import { listOwnPods, readPod } from '../stack/pod';
import { readVersion } from './version';

/** The pod of a stack, and for which release of its history it was started; undefined if there is none. */
export async function seePod(project: StackProject, history: History): Promise<Result<SeenPod | undefined>> {
  const own = await listOwnPods(project);
  if (!own.ok) return own;
  for (const name of own.value) {
    const pod = await readPod(project, name);
    if (!pod.ok) return pod;
    if (!pod.value) continue;
    const tag = pod.value.labels[releaseLabel];
    const found = history.find(({ release }) => releaseTag(release) === tag);
    if (!found) return ok({ release: undefined, whole: false });
    const version = readVersion(project, found.number, found.release);
    const { containers } = pod.value;
    const whole =
      version.ok &&
      version.value.stack.spec.containers.length === containers.length &&
      // A command of Podman that outlived a killed command may be stopping them.
      containers.every(({ status }) => status === 'running');
    return ok({ release: found.release, whole });
  }
  return ok(undefined);
}
