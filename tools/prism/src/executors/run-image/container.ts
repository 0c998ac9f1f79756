import { type Engine, inspectContainer } from '@prism-build/engine';
import type { Run } from '@prism-build/shell';

/** A container of an engine, by name. */
export interface Container {
  readonly engine: Engine;
  readonly name: string;
  readonly call: Run;
}

/** The state of a container; undefined if the engine does not answer, for example because Podman got SIGTERM. */
export async function stateOf({
  engine,
  name,
  call,
}: Container): Promise<'runs' | 'ended' | 'gone' | undefined> {
  const seen = await call({ argv: inspectContainer(engine, name) });
  if (!seen.ok) return seen.failures.some(({ why }) => /no such/i.test(why ?? '')) ? 'gone' : undefined;
  const running = seen.value.stdout.trim();
  if (running === '') return undefined;
  return running === 'true' ? 'runs' : 'ended';
}
