/** The states of a deployment: one attempt to run a stack with certain images. */
export const states = [
  'INIT',
  'BUILDING',
  'SCANNING',
  'VALIDATED',
  'DEPLOYING',
  'SWITCHING',
  'RUNNING',
  'STOPPED',
  'DESTROYED',
  'FAILED',
] as const;

export type State = (typeof states)[number];

const moves: Readonly<Record<State, readonly State[]>> = {
  INIT: ['BUILDING'],
  BUILDING: ['SCANNING', 'FAILED'],
  SCANNING: ['VALIDATED', 'FAILED'],
  VALIDATED: ['DEPLOYING', 'FAILED'],
  // STOPPED: `down` removes what an interrupted deployment left.
  DEPLOYING: ['SWITCHING', 'RUNNING', 'FAILED', 'STOPPED'],
  SWITCHING: ['RUNNING', 'FAILED', 'STOPPED'],
  // DEPLOYING: its pod is started again, because it is gone or because a newer deployment failed.
  RUNNING: ['STOPPED', 'FAILED', 'DEPLOYING'],
  STOPPED: ['DEPLOYING', 'DESTROYED'],
  FAILED: ['BUILDING', 'DESTROYED'],
  DESTROYED: [],
};

/**
 * Whether a deployment may pass from one state to another.
 *
 * @param failedIn the state in which a FAILED one failed: one that had passed the gate may be started again without it
 */
export function mayMove(from: State, to: State, failedIn?: State): boolean {
  const passedGate = failedIn === 'DEPLOYING' || failedIn === 'SWITCHING' || failedIn === 'RUNNING';
  return moves[from].includes(to) || (from === 'FAILED' && to === 'DEPLOYING' && passedGate);
}

/** Whether a process works on a deployment in this state, or was killed while it did. */
export function isUnderway(state: State): boolean {
  return state === 'BUILDING' || state === 'SCANNING' || state === 'VALIDATED' || isStarted(state);
}

/** Whether a pod of a deployment in this state may be there although it is not committed. */
export function isStarted(state: State): boolean {
  return state === 'DEPLOYING' || state === 'SWITCHING';
}
