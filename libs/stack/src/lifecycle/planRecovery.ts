import { type Deployment, findServing, findUnderway, type History } from './history';
import { isStarted } from './state';

/** A pod that Podman has for a stack. */
export interface SeenPod {
  /** The release that it was started for; undefined if `up` started it. */
  readonly release: string | undefined;
  /** Whether it has all containers, and all run. */
  readonly whole: boolean;
}

/** What is left to do after a command that was killed. */
export type Recovery =
  /** Nothing was underway. */
  | { readonly kind: 'none' }
  /** It was killed before the serving pod was stopped. */
  | { readonly kind: 'abandon'; readonly deployment: Deployment }
  /** Its pod is there: it is committed if it is healthy, else undone. */
  | { readonly kind: 'confirm'; readonly deployment: Deployment; readonly fallback: Deployment | undefined }
  /** Its pod is not there: the one before serves again. */
  | { readonly kind: 'return'; readonly deployment: Deployment; readonly fallback: Deployment }
  /** It was itself a way back, so it is started again. */
  | { readonly kind: 'again'; readonly deployment: Deployment }
  /** There is nothing to go back to. */
  | { readonly kind: 'clear'; readonly deployment: Deployment }
  /** `down` was killed before the pod was removed. */
  | { readonly kind: 'remove' };

/** What finishes or undoes the work of a command that was killed. Exactly one, for every history and pods. */
export function planRecovery(history: History, pods: readonly SeenPod[]): Recovery {
  const deployment = findUnderway(history);
  const serving = findServing(history);
  const runs = (one: Deployment | undefined) =>
    pods.some(({ whole, release }) => whole && one !== undefined && release === one.release);
  if (!deployment) {
    const known = pods.some((pod) => history.some(({ release }) => release === pod.release));
    const isStopped = !serving && known;
    return { kind: isStopped ? 'remove' : 'none' };
  }
  if (!isStarted(deployment.state)) return { kind: 'abandon', deployment };
  if (runs(deployment)) return { kind: 'confirm', deployment, fallback: serving };
  if (runs(serving)) return { kind: 'abandon', deployment };
  if (serving) return { kind: 'return', deployment, fallback: serving };
  return { kind: deployment.healthyAt === undefined ? 'clear' : 'again', deployment };
}
