import { awaitContainer, removeContainer, signalContainer } from '@prism-build/engine';
import type { Run } from '@prism-build/shell';
import { type Container, stateOf } from './container';

/** A generous limit, so that a hanging engine cannot block the task for ever. */
const attempts = 20;

/**
 * Stops a container, waits `patience` milliseconds, and removes it. Nx sends SIGTERM to all descendants, including
 * these commands. Podman then exits with status 0 without having done anything, so the container's state is checked
 * afterwards.
 */
export async function endContainer(
  container: Container,
  signal: NodeJS.Signals,
  patience: number,
): Promise<void> {
  const { engine, name, call } = container;
  const limit = Date.now() + patience;
  for (let attempt = 0, heard = false; attempt < attempts; attempt++) {
    const state = await stateOf(container);
    if (state === 'gone') return;
    if (state === 'ended' || Date.now() >= limit) await call({ argv: removeContainer(engine, name) });
    else if (heard)
      await call({ argv: awaitContainer(engine, name), timeout: Math.max(1, limit - Date.now()) });
    else heard = saysName(await call({ argv: signalContainer(engine, name, signal) }), name);
  }
}

/** Both engines print the names of the containers that they found. */
function saysName(answer: Awaited<ReturnType<Run>>, name: string): boolean {
  return answer.ok && answer.value.stdout.trim() === name;
}
