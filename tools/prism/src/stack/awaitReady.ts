import { setTimeout as sleep } from 'node:timers/promises';
import type { Pod, PodContainer } from '@prism-build/engine';
import { failed, ok, type Result, stackFailure } from '@prism-build/errors';
import { describeQuestion, type PlannedProbe, planProbes, type Stack } from '@prism-build/stack';
import { ask } from './ask';
import type { StackProject } from './openStack';
import { readPod } from './pod';

/** Milliseconds between two questions over the network, two programs in a container, and two looks at the containers. */
const pause = 20;
const execPause = 100;
const look = 1000;

interface Waiting {
  /** When the pod was asked to start, by `performance.now()`. */
  readonly since: number;
  readonly limit: number;
  readonly stopped: AbortSignal;
  /** The pod as it was just read; saves a look at the start. */
  readonly pod?: Pod | undefined;
  readonly endOf?: EndOf | undefined;
}

/** How the program of a container ended for good, if its first process goes on without it: that of the dev loop does. */
export type EndOf = (container: string) => string | undefined;

/** Seconds until each container was ready, by its name in the stack. */
export type ReadyAfter = ReadonlyMap<string, number>;

/**
 * Waits until every probe of a stack has answered well. Failure: STACK_NOT_READY, for a container that ended for good, for
 * each probe that did not answer within `limit` milliseconds, or if `stopped` is aborted.
 */
export async function awaitReady(
  project: StackProject,
  stack: Stack,
  { since, limit, stopped, pod, endOf }: Waiting,
): Promise<Result<ReadyAfter>> {
  const over = new AbortController();
  const ended = AbortSignal.any([over.signal, stopped]);
  const timer = setTimeout(() => over.abort(), limit);
  const lookAt = shareLooks(project, stack.name, pod);
  const waits = stack.spec.containers.map(async ({ name }) => {
    const why = await awaitContainer(project, stack, name, { lookAt, ended, since, endOf });
    // One that ended for good ends the others' waiting.
    if (why?.gone) over.abort();
    return { name, why, after: (performance.now() - since) / 1000 };
  });
  const all = await Promise.all(waits);
  clearTimeout(timer);
  const late = all.flatMap(({ name, why }) => (why ? [{ name, ...why }] : []));
  if (late.length === 0) return ok(new Map(all.map(({ name, after }) => [name, after])));
  if (stopped.aborted) {
    const what = `up was stopped before ${stack.name} was ready`;
    return failed(stackFailure('STACK_NOT_READY', { what, remedy: 'Run the target again.' }));
  }
  const gone = late.filter((one) => one.gone);
  return failed(
    ...(gone.length > 0 ? gone : late).map(({ name, text, cause }) => {
      const what = `${name} of ${stack.name} ${text ?? `was not ready within ${limit / 1000} s`}`;
      const at = stack.images.find(({ container }) => container === name)?.at;
      return stackFailure('STACK_NOT_READY', { what, why: cause, at });
    }),
  );
}

const pauseOf = (probe: PlannedProbe | undefined) => (probe?.question.kind === 'exec' ? execPause : pause);

interface NotReady {
  /** Whether the container ended for good. */
  readonly gone: boolean;
  readonly text?: string;
  readonly cause?: string;
}

async function awaitContainer(
  project: StackProject,
  stack: Stack,
  container: string,
  {
    lookAt,
    ended,
    since,
    endOf,
  }: { lookAt: Look; ended: AbortSignal; since: number; endOf?: EndOf | undefined },
): Promise<NotReady | undefined> {
  const probes = planProbes(stack).filter((one) => one.container === container);
  let cause: string | undefined = 'it does not run';
  let good = 0;
  for (let at = 0; !ended.aborted; await sleep(pauseOf(probes[at]))) {
    const { pod, why } = await lookAt();
    if (why !== undefined) cause = why;
    const found = pod && findContainer(pod, stack, container);
    if (!pod || !found) continue;
    const text = describeEnd(found, stack) ?? endOf?.(container);
    if (text !== undefined) return { gone: true, text };
    if (found.status !== 'running') {
      cause = `Podman says that it is ${found.status}, with status ${found.exitCode}`;
      continue;
    }
    const probe = probes[at];
    if (!probe) return undefined;
    if (performance.now() - since < probe.delay) continue;
    cause = await askProbe(project, probe, pod, found);
    good = cause === undefined ? good + 1 : 0;
    if (good < probe.successes) continue;
    good = 0;
    at++;
    if (at === probes.length) return undefined;
  }
  return cause === undefined ? { gone: false } : { gone: false, cause };
}

/** The pod as it was at most `look` milliseconds ago, undefined if it is not there yet; why the last look failed. */
type Look = () => Promise<{ pod?: Pod | undefined; why?: string | undefined }>;

/** One look at the pod for all of its containers: each is two commands of Podman. */
function shareLooks(project: StackProject, name: string, first: Pod | undefined): Look {
  let looked = first ? performance.now() : Number.NEGATIVE_INFINITY;
  let current: ReturnType<Look> = Promise.resolve({ pod: first });
  return () => {
    if (performance.now() - looked < look) return current;
    looked = performance.now();
    const before = current;
    current = readPod(project, name).then(async (read) => {
      const { pod } = read.ok ? { pod: read.value } : await before;
      if (!pod) looked = Number.NEGATIVE_INFINITY;
      return { pod, why: read.ok ? undefined : read.failures[0]?.why };
    });
    return current;
  };
}

/** Asks a probe once. Undefined if the answer is good. */
export async function askProbe(
  { call }: Pick<StackProject, 'call'>,
  { question, timeout, field }: PlannedProbe,
  { ports }: Pod,
  { id }: PodContainer,
): Promise<string | undefined> {
  const hostPort = question.kind === 'exec' ? undefined : ports[`${question.port}/tcp`];
  const why = await ask(question, { hostPort, container: id, call }, timeout);
  return why === undefined ? undefined : `${field}, ${describeQuestion(question)}: ${why}`;
}

export function findContainer(pod: Pod, stack: Stack, container: string): PodContainer | undefined {
  return pod.containers.find((one) => one.name === containerName(stack, container));
}

/** The name that a container of a stack has in Podman. */
export const containerName = ({ name }: Pick<Stack, 'name'>, container: string): string =>
  `${name}-${container}`;

function describeEnd({ status, exitCode }: PodContainer, { spec }: Stack): string | undefined {
  if (status !== 'exited' && status !== 'stopped') return undefined;
  const policy = spec.restartPolicy ?? 'Always';
  const again = policy === 'Always' || (policy === 'OnFailure' && exitCode !== 0);
  return again ? undefined : `ended with status ${exitCode}`;
}
