import { basename } from 'node:path';
import type { Update } from '@prism-build/dev';
import { type Failure, renderFailures } from '@prism-build/errors';
import { awaitProgram, describeEnd, type ReadyProbe } from './awaitProgram';
import type { DevComponent } from './component';

/** A component, and how its container shows that it is ready. */
export interface Member {
  readonly component: DevComponent;
  readonly probe: ReadyProbe;
}

/** How long a program may take until it is ready, in milliseconds; `over` ends the waiting. */
interface Patience {
  readonly timeout: number;
  readonly over: AbortSignal;
}

export const tellFailures = ({ failures }: { readonly failures: readonly Failure[] }): void =>
  void process.stdout.write(`${renderFailures(failures)}\n`);
export const say = (text: string): void => void process.stdout.write(`  ${text}\n`);
export const seconds = (begun: number): string => `${((performance.now() - begun) / 1000).toFixed(2)} s`;

/** Updates a component, and says what was done. Undefined after a failure, which leaves the program as it was. */
export async function updateMember(
  patience: Patience,
  member: Member,
  paths: readonly string[],
  gone: Promise<undefined>,
): Promise<Update | undefined> {
  const { component } = member;
  const { session, project } = component;
  const begun = performance.now();
  // A compile that goes on after the end changes nothing: its results are beside the real ones.
  const update = await Promise.race([component.update(paths), gone]);
  if (!update) return undefined;
  const prepared = performance.now();
  if (!update.ok) {
    tellFailures(update);
    say(`${project} stays as it was`);
    return undefined;
  }
  const { kind } = update.value;
  if (kind === 'files') {
    if (session.isGood()) session.keep();
    say(`${project}: ${listNames(update.value.paths)} replaced in ${seconds(begun)}`);
  }
  if (kind === 'restart') {
    const how = ` (${((prepared - begun) / 1000).toFixed(2)} s for ${listNames(update.value.paths)})`;
    await awaitMember(patience, member, session.request(), begun, how);
  }
  return update.value;
}

/**
 * Waits for a program, says how that ended, and keeps what is ready as the last good version. It takes the place of one that
 * ended before it was ready.
 */
export async function awaitMember(
  patience: Patience,
  member: Member,
  request: number,
  begun: number,
  how = '',
): Promise<void> {
  const { component, probe } = member;
  const { session, project } = component;
  const { timeout, over } = patience;
  const readiness = await awaitProgram(session, request, probe, timeout, over);
  if (readiness.ready) {
    session.keep();
    say(`${project} ready after ${seconds(begun)}${how}`);
  } else if (readiness.ended && session.restore()) {
    tellEnd(component, 'the last good version starts again');
    await awaitMember(patience, member, session.request(), performance.now());
  } else if (readiness.ended) tellEnd(component);
  else if (!over.aborted) say(`${project} ${readiness.why}; ${nextChange}`);
}

const nextChange = 'the next change starts it again';
const told = new WeakMap<DevComponent, number>();

/** Says once that a program has ended by itself, and what follows. */
export function tellEnd(component: DevComponent, then = nextChange): void {
  const { session, project } = component;
  const state = session.state();
  if (!state || state.kind === 'running' || told.get(component) === state.start) return;
  told.set(component, state.start);
  say(`${project} ${describeEnd(state)}; ${then}`);
}

/** Bytecode is named only if nothing else changed. */
function listNames(paths: readonly string[]): string {
  const sources = paths.filter((path) => !path.endsWith('.pyc'));
  const [first = '', ...others] = sources.length > 0 ? sources : paths;
  return others.length > 0 ? `${basename(first)} and ${others.length} more` : basename(first);
}
