import { setTimeout as sleep } from 'node:timers/promises';
import type { Run } from '@prism-build/shell';
import { describeQuestion, type Question } from '@prism-build/stack';
import { ask } from '../stack/ask';
import type { Session } from './session';

/** What shows that a component is ready, and where it is asked. */
export interface ReadyProbe {
  /** Undefined: it is ready when it runs. */
  readonly question: Question | undefined;
  readonly hostPort: number | undefined;
  /** The container, for exec probes. */
  readonly container: string;
  readonly call: Run;
}

/** Milliseconds between two questions, and for one answer. */
const pause = 5;
const patience = 2000;

/** How waiting ended. */
export type Readiness =
  | { readonly ready: true }
  /** `ended`: the program did, by itself. */
  | { readonly ready: false; readonly ended: boolean; readonly why: string };

/**
 * Waits until the program that a request started has answered. Ends early if the program ended, or `stopped` is aborted.
 */
export async function awaitProgram(
  session: Session,
  request: number,
  { question, hostPort, container, call }: ReadyProbe,
  limit: number,
  stopped: AbortSignal,
): Promise<Readiness> {
  const end = performance.now() + limit;
  let why = 'the shim does not answer';
  for (;;) {
    const state = session.state();
    if (state && state.start >= request) {
      if (state.kind !== 'running') return { ready: false, ended: true, why: describeEnd(state) };
      const answer = question && (await ask(question, { hostPort, container, call }, patience));
      // It may have ended after the answer of another one.
      if (answer === undefined && session.state()?.kind === 'running') return { ready: true };
      why = question && answer !== undefined ? `${describeQuestion(question)}: ${answer}` : why;
    }
    if (stopped.aborted) return { ready: false, ended: false, why: 'stopped' };
    if (performance.now() > end)
      return { ready: false, ended: false, why: `not ready within ${limit / 1000} s: ${why}` };
    await sleep(pause);
  }
}

/** `ended with status 2`. */
export function describeEnd({ kind, detail }: { readonly kind: string; readonly detail: number }): string {
  return kind === 'killed' ? `was killed by signal ${detail}` : `ended with status ${detail}`;
}
