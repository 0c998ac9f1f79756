import { awaitContainer, removeContainer, signalContainer } from '@prism-build/engine';
import type { Run } from '@prism-build/shell';
import { type Container, stateOf } from './container';

/** More than any run needed; an engine that answers nothing must not keep us for ever. */
const attempts = 20;

/**
 * Asks a container to end, gives it `patience` milliseconds, and removes it. Nx sends SIGTERM to all below it, so to
 * each of these commands too, and Podman ends by that with 0 and nothing done: what counts is what the engine says of
 * the container afterwards.
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

/** Both engines print the name of what they reached. */
function saysName(answer: Awaited<ReturnType<Run>>, name: string): boolean {
  return answer.ok && answer.value.stdout.trim() === name;
}
