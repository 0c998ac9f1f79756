import { all, ok, type Result } from '@prism-build/errors';
import { findServing, moveOf, numberNext } from '@prism-build/stack';
import { awaitReady } from '../stack/awaitReady';
import { listOwnPods, readPod } from '../stack/pod';
import { checkPorts, serviceOf } from '../stack/ports';
import { bringUp } from './bringUp';
import { checkEdge, pointEdge } from './edge';
import { keepImages } from './keepImages';
import { fail, moveTo, type Operation, type Served } from './operation';
import { refuseForeign } from './refuse';
import { type SlotPod, seePods } from './seePods';
import { projectIn, stackIn } from './slots';
import { saveVersion, type Version } from './version';

/** What `deploy` is asked for. */
interface Request {
  readonly version: Version;
  /** Decides now whether the images may be used. */
  readonly gate: () => Promise<Result<void>>;
  readonly beside: boolean;
}

/**
 * Deploys a version, step by step through the life cycle. Each state is on record before the work that it stands for, so that
 * `recover` can finish or undo it. A version that serves already is not started again, unless its pod is lost.
 */
export async function deploy(
  operation: Operation,
  { version, gate, beside }: Request,
): Promise<Result<Served>> {
  const { project, journal } = operation;
  const pods = await seePods(project, journal.history());
  if (!pods.ok) return pods;
  const known = refuseForeign(project, pods.value);
  if (!known.ok) return known;
  const serving = findServing(journal.history());
  if (serving?.release === version.digest) {
    const there = pods.value.find(({ whole, release }) => whole && release === version.digest);
    return keepServing(operation, serving.number, version, there);
  }
  const saved = await saveVersion(project, version);
  if (!saved.ok) return saved;
  const { number, from } = numberNext(journal.history(), version.digest);
  const images = version.images.map(({ container, digest }) => `${container}=${digest}`);
  const begun = { number, state: from, release: version.digest, images };
  const recorded = await journal.add([moveOf(begun, 'BUILDING', 'deploy')]);
  if (!recorded.ok) return recorded;
  const steps = [
    [() => prepare(operation, version), 'SCANNING', 'Podman keeps its images'],
    [gate, 'VALIDATED', 'the gate allows its images'],
    [async () => ok(undefined), 'DEPLOYING', 'deploy'],
  ] as const;
  for (const [work, next, cause] of steps) {
    const done = await work();
    if (!done.ok) return fail(operation, number, done.failures);
    const moved = await moveTo(operation, number, next, cause);
    if (!moved.ok) return moved;
  }
  return bringUp(operation, number, version, pods.value, beside);
}

/** What is checked while the version before still serves. */
async function prepare({ project }: Operation, version: Version): Promise<Result<void>> {
  const kept = await keepImages(project, version);
  if (!kept.ok) return kept;
  const own = await listOwnPods(project);
  if (!own.ok) return own;
  const pods = all(await Promise.all(own.value.map((name) => readPod(project, name))));
  if (!pods.ok) return pods;
  const held = pods.value.flatMap((pod) => Object.values(pod?.ports ?? {}));
  const free = await checkPorts(
    version.stack.ports.filter(({ hostPort }) => !held.includes(hostPort)),
    serviceOf,
  );
  return free.ok ? checkEdge(project, version) : free;
}

/** The version serves already: it is started again only if its pod is lost, or does not answer. */
async function keepServing(
  operation: Operation,
  number: number,
  version: Version,
  there: SlotPod | undefined,
): Promise<Result<Served>> {
  const { project, limit, stopped } = operation;
  const { stack } = version;
  if (there) {
    const pod = stackIn(stack, there.slot);
    const since = performance.now();
    const ready = await awaitReady(projectIn(project, there.slot), pod, { since, limit, stopped });
    // The reverse proxy may have been lost, as after a start of the machine.
    const pointed = ready.ok ? await pointEdge(project, version, there.slot, limit) : ready;
    if (pointed.ok) return ok({ number, stack, ready: undefined, gap: undefined });
    if (stopped.aborted) return pointed;
  }
  const cause = there ? 'its probes do not answer' : 'its pod is gone';
  const recorded = await moveTo(operation, number, 'DEPLOYING', cause);
  return recorded.ok ? bringUp(operation, number, version, [], false) : recorded;
}
