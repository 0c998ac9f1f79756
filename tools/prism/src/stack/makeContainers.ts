import { type Argv, podmanEdge, podmanPods } from '@prism-build/engine';
import type { Failure } from '@prism-build/errors';
import type { StackProject } from './openStack';
import { queryPodman } from './queryPodman';

/**
 * Runs a command of Podman that makes containers with names. If Podman is killed while it makes one, its storage keeps the
 * name, and nothing else knows it: that is removed, and the command is run again.
 *
 * @param undo removes what the failed command has made
 */
export async function makeContainers(
  project: Pick<StackProject, 'call'>,
  command: { readonly argv: Argv; readonly input?: string; readonly cwd?: string },
  undo: () => Promise<unknown>,
): ReturnType<StackProject['call']> {
  const removed = new Set<string>();
  for (;;) {
    const made = await project.call(command);
    const name = made.ok ? undefined : findTaken(made.failures);
    if (name === undefined || removed.has(name)) return made;
    // A real container has the name.
    if ((await queryPodman(project, podmanPods.inspectContainers([name]))).ok) return made;
    const cleared = await project.call({ argv: podmanEdge.remove(name, 0) });
    if (!cleared.ok) return made;
    removed.add(name);
    await undo();
  }
}

function findTaken(failures: readonly Failure[]): string | undefined {
  const named = failures.map(({ why }) => /the container name "([^"]+)" is already in use/.exec(why ?? ''));
  return named.find((match) => match)?.[1];
}
