import { setTimeout as sleep } from 'node:timers/promises';
import { engineEnvironment } from '@prism-build/builder';
import { podmanPods } from '@prism-build/engine';
import { startApart } from '@prism-build/shell';
import type { StackProject } from '../stack/openStack';
import { readPod } from '../stack/pod';

/** Milliseconds between two looks at the pod, and for which they go on. */
const pause = 100;
const patience = 20_000;

/** Podman refuses while another of its commands works on a container of the pod. */
const persistently = 'n=0; until "$@" || [ $((n += 1)) -ge 10 ]; do sleep 0.5; done';

const quoted = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`;

/**
 * Removes a pod, and then what its containers mounted. Also if Nx kills this process meanwhile, which it does a few seconds
 * after Ctrl-C. Returns when the pod is gone; the caller checks that.
 */
export async function removeApart(
  project: StackProject,
  pod: string,
  grace: number,
  mounted: readonly string[],
): Promise<void> {
  const env = engineEnvironment(project.directories);
  const stop = podmanPods.stop(pod, grace).map(quoted).join(' ');
  const clear = mounted.map((path) => `rm -rf -- ${quoted(path)}`);
  const script = [stop, persistently, ...clear].join('\n');
  const argv = ['sh', '-c', script, 'sh', ...podmanPods.remove(pod, grace)] as const;
  const started = await startApart({ argv, env });
  if (!started.ok) return;
  for (const end = Date.now() + patience; Date.now() < end; await sleep(pause)) {
    const seen = await readPod(project, pod);
    if (seen.ok && seen.value === undefined) return;
  }
}
