import {
  awaitContainer,
  type Engine,
  inspectContainer,
  removeContainer,
  signalContainer,
} from '@prism-build/engine';
import type { Run } from '@prism-build/shell';

/** A container of an engine, by name. */
export interface Container {
  readonly engine: Engine;
  readonly name: string;
  readonly call: Run;
}

/** More than any run needed; an engine that answers nothing must not keep us for ever. */
const attempts = 20;

/**
 * Asks a container to end, gives it `patience` milliseconds, and removes it. Nx sends SIGTERM to all below it, so to
 * each of these commands too, and Podman ends by that with 0 and nothing done: what counts is what the engine says of
 * the container afterwards.
 */
export async function endContainer(
  { engine, name, call }: Container,
  signal: NodeJS.Signals,
  patience: number,
): Promise<void> {
  const limit = Date.now() + patience;
  for (let attempt = 0, heard = false; attempt < attempts; attempt++) {
    const state = await look({ engine, name, call });
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

/** Undefined: the engine did not say. */
async function look({ engine, name, call }: Container): Promise<'runs' | 'ended' | 'gone' | undefined> {
  const seen = await call({ argv: inspectContainer(engine, name) });
  if (!seen.ok) return seen.failures.some(({ why }) => /no such/i.test(why ?? '')) ? 'gone' : undefined;
  const running = seen.value.stdout.trim();
  if (running === '') return undefined;
  return running === 'true' ? 'runs' : 'ended';
}
