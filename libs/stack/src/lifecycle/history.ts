import { isUnderway, mayMove, type State } from './state';

/** A passage of a deployment from one state to another. It is on record before the act that it stands for. */
export interface Move {
  /** Counts from 1 for each stack. */
  readonly deployment: number;
  readonly from: State;
  readonly to: State;
  /** The digest of its release. */
  readonly release: string;
  /** `container=digest of the index`. */
  readonly images: readonly string[];
  readonly cause: string;
}

/** A move as the log has it. */
export interface RecordedMove extends Move {
  readonly actor: string;
  /** RFC 3339. For readers only: the order of the log counts, because clocks are set back. */
  readonly time: string;
}

/** A deployment after its last move. */
export interface Deployment {
  readonly number: number;
  readonly state: State;
  /** The state in which it failed. */
  readonly failedIn?: State;
  readonly release: string;
  readonly images: readonly string[];
  /** The position in the log at which all its probes had answered last; undefined if they never did. */
  readonly healthyAt: number | undefined;
  readonly since: string;
  readonly actor: string;
  readonly cause: string;
}

/** The deployments of a stack, in the order of their numbers. */
export type History = readonly Deployment[];

/** The history that a log tells. */
export function replay(moves: readonly RecordedMove[]): History {
  const found = new Map<number, Deployment>();
  for (const [at, { deployment: number, from, to, release, images, cause, actor, time }] of moves.entries()) {
    const healthyAt = to === 'RUNNING' ? at : found.get(number)?.healthyAt;
    const failedIn = to === 'FAILED' ? { failedIn: from } : {};
    found.set(number, {
      ...{ number, state: to, ...failedIn, release, images, healthyAt },
      ...{ since: time, actor, cause },
    });
  }
  return [...found.values()].sort((a, b) => a.number - b.number);
}

/** The deployment that serves, or would if its pod had not been lost. */
export function findServing(history: History): Deployment | undefined {
  return history.find(({ state }) => state === 'RUNNING');
}

/** The deployment that a process works on, or was killed over. */
export function findUnderway(history: History): Deployment | undefined {
  return history.findLast(({ state }) => isUnderway(state));
}

/**
 * The number of the next deployment. A last one that failed with the same content is resumed under its number, because the
 * cause may have been outside of it.
 */
export function numberNext(
  history: History,
  release: string,
): { readonly number: number; readonly from: State } {
  const last = history.at(-1);
  if (last?.state === 'FAILED' && last.release === release) return { number: last.number, from: 'FAILED' };
  return { number: (last?.number ?? 0) + 1, from: 'INIT' };
}

/** The deployments that were healthy, the last one first. */
function listHealthy(history: History): Deployment[] {
  return history
    .filter(({ healthyAt }) => healthyAt !== undefined)
    .sort((a, b) => b.healthyAt! - a.healthyAt!);
}

/** The last healthy deployment before the one that runs or ran last. Those that were rolled back are FAILED, and do not count. */
export function findPrevious(history: History): Deployment | undefined {
  return listHealthy(history)
    .slice(1)
    .find(({ state }) => state === 'STOPPED');
}

/** Whether a roll-back may start a deployment: it was healthy, and its images are kept. */
export function mayReturnTo({ state, failedIn, healthyAt }: Deployment): boolean {
  return healthyAt !== undefined && (state === 'RUNNING' || mayMove(state, 'DEPLOYING', failedIn));
}

/** The deployments whose images need not be kept: all but those that run, the last `keep` healthy ones, and the last. */
export function listExpired(history: History, keep: number | 'none'): Deployment[] {
  const kept = new Set(
    keep === 'none' ? [] : [...listHealthy(history).filter(mayReturnTo).slice(0, keep), history.at(-1)],
  );
  return history.filter((one) => mayMove(one.state, 'DESTROYED') && !kept.has(one));
}

/** The move of a deployment. Throws if the life cycle has no such move, which is an error in the program. */
export function moveOf(
  {
    number,
    state,
    failedIn,
    release,
    images,
  }: Pick<Deployment, 'number' | 'state' | 'failedIn' | 'release' | 'images'>,
  to: State,
  cause: string,
): Move {
  if (!mayMove(state, to, failedIn)) throw new Error(`no move from ${state} to ${to}`);
  return { deployment: number, from: state, to, release, images, cause };
}

/** The moves at the moment when a deployment was healthy: it runs, and replaces the one that ran. */
export function listCommits(history: History, deployment: Deployment, cause: string): Move[] {
  const replaced = history.filter(({ state, number }) => state === 'RUNNING' && number !== deployment.number);
  return [
    moveOf(deployment, 'RUNNING', cause),
    ...replaced.map((one) =>
      // What was left for an older one was not good.
      one.number > deployment.number
        ? moveOf(one, 'FAILED', `rolled back to deployment ${deployment.number}`)
        : moveOf(one, 'STOPPED', `replaced by deployment ${deployment.number}`),
    ),
  ];
}
