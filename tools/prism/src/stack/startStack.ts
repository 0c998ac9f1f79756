import { podmanPods, remedyFor } from '@prism-build/engine';
import { type Failure, failed, ok, type Result, stackFailure } from '@prism-build/errors';
import {
  listFreePorts,
  type PodmanFacts,
  renderedLabel,
  renderPodman,
  type Stack,
  stackLabel,
} from '@prism-build/stack';
import { awaitReady, containerName, type EndOf, findContainer, type ReadyAfter } from './awaitReady';
import { makeContainers } from './makeContainers';
import type { StackProject } from './openStack';
import { listOwnPods, readPod } from './pod';
import { checkPorts, findFreePorts, serviceOf } from './ports';
import { describeLimits, readLimits } from './readLimits';
import type { ResolvedImage } from './resolveImages';
import { graceOf, removePod, stopStack } from './stopStack';
import { createVolumes } from './volumes';

/** Lines of a container's log that a failure shows. */
const shown = 20;

interface Start {
  readonly stack: Stack;
  readonly images: readonly ResolvedImage[];
  /** Milliseconds. */
  readonly limit: number;
  readonly stopped: AbortSignal;
  /** What containers of the dev loop mount. */
  readonly mounts?: PodmanFacts['mounts'];
  readonly endOf?: EndOf;
}

/**
 * Whether Podman runs exactly this stack. Failures: STACK_EXISTS, if it has another pod of this name or of this project.
 */
export async function findRunning(project: StackProject, { stack, images }: Start): Promise<Result<boolean>> {
  const [own, pod] = await Promise.all([listOwnPods(project), readPod(project, stack.name)]);
  if (!own.ok) return own;
  if (!pod.ok) return pod;
  const renamed = own.value.find((name) => name !== stack.name);
  if (!pod.value && renamed === undefined) return ok(false);
  const remedy = `Replace it: npx nx restart ${project.project}`;
  if (renamed !== undefined) {
    const what = `${project.project} runs already, as the pod ${renamed}`;
    return failed(stackFailure('STACK_EXISTS', { what, remedy }));
  }
  const { labels = {}, containers = [] } = pod.value ?? {};
  if (labels[stackLabel] !== project.owner) return refuseOtherPod(project, stack);
  const limits = await readLimits(project, stack);
  if (!limits.ok) return limits;
  const { rendered } = renderPodman(stack, { ...factsOf(project, images, {}), limits: limits.value });
  const whole = containers.length === stack.spec.containers.length;
  if (labels[renderedLabel] === rendered && whole) return ok(true);
  const what = whole
    ? `the pod ${stack.name} exists already, with other contents than ${project.file} has now`
    : `the pod ${stack.name} exists already, and lacks containers of ${project.file}`;
  return failed(stackFailure('STACK_EXISTS', { what, remedy }));
}

/** Failure: STACK_EXISTS, for a pod of this name that this project has not started. */
export function refuseOtherPod({ project }: StackProject, { name }: Stack): Result<never> {
  const what = `Podman has a pod ${name} that is not that of ${project} in this workspace`;
  return failed(stackFailure('STACK_EXISTS', { what }));
}

/**
 * Starts the pod of a stack and waits until it is ready. If that fails, prints the last lines of containers and removes what
 * was made, without the volumes of claims. Failures: STACK_PORT_IN_USE, STACK_START_FAILED, STACK_NOT_READY.
 */
export async function startStack(project: StackProject, start: Start): Promise<Result<ReadyAfter>> {
  const { stack, images, limit, stopped, mounts, endOf } = start;
  const free = await checkPorts(stack.ports, serviceOf);
  if (!free.ok) return free;
  const limits = await readLimits(project, stack);
  if (!limits.ok) return limits;
  if (limits.value) process.stdout.write(describeLimits(stack, limits.value));
  const volumes = await createVolumes(project, stack);
  if (!volumes.ok) return undo(project, stack, volumes.failures);
  const probePorts = await findFreePorts(listFreePorts(stack));
  const facts = { ...factsOf(project, images, probePorts), limits: limits.value, mounts };
  const { text } = renderPodman(stack, facts);
  const since = performance.now();
  // Beside a directory with the name of an image, Podman would look for a Containerfile.
  const played = await makeContainers(project, { argv: podmanPods.play(), input: text, cwd: '/' }, () =>
    removePod(project, stack.name, 0),
  );
  const names = stack.spec.containers.map(({ name }) => containerName(stack, name));
  const pod = await readPod(project, stack.name, names);
  // Podman 4.3 ends with status 0 if it gets SIGTERM.
  const whole = pod.ok && pod.value?.containers.length === stack.spec.containers.length;
  if (!played.ok || !whole) {
    const why = played.ok ? 'it ended before its work was done' : played.failures[0]?.why;
    return undo(project, stack, [explainStart(stack.name, why)]);
  }
  const ready = await awaitReady(project, stack, { since, limit, stopped, pod: pod.value, endOf });
  if (ready.ok) return ready;
  await printLogs(project, stack, ready.failures);
  return undo(project, stack, ready.failures);
}

function factsOf(
  { owner }: StackProject,
  images: readonly ResolvedImage[],
  probePorts: PodmanFacts['probePorts'],
): PodmanFacts {
  return { owner, images: Object.fromEntries(images.map((one) => [one.container, one.name])), probePorts };
}

function explainStart(name: string, why: string | undefined): Failure {
  const what = `podman did not start the pod ${name}`;
  if (/address already in use/.test(why ?? ''))
    return stackFailure('STACK_PORT_IN_USE', { what: `a port of ${name} is in use`, why });
  return stackFailure('STACK_START_FAILED', { what, why, remedy: remedyFor(why ?? '') });
}

/** Removes what this project has started. A pod of the same name that is not its own stays. */
async function undo(
  project: StackProject,
  stack: Stack,
  failures: readonly Failure[],
): Promise<Result<never>> {
  const removed = await stopStack(project, Math.min(graceOf(stack), 10), 'keep');
  return failed(...failures, ...(removed.ok ? [] : removed.failures));
}

/** Prints the last lines of the containers that failures name, or of all that have printed something. */
export async function printLogs(
  project: StackProject,
  stack: Stack,
  failures: readonly Failure[],
): Promise<void> {
  const pod = await readPod(project, stack.name);
  if (!pod.ok || !pod.value) return;
  for (const { name } of stack.spec.containers) {
    if (!failures.some(({ what }) => what.startsWith(`${name} of `))) continue;
    const found = findContainer(pod.value, stack, name);
    if (!found) continue;
    const lines = await project.call({ argv: podmanPods.containerLogs(found.id, shown) });
    if (!lines.ok) continue;
    const text = `${lines.value.stdout}\n${lines.value.stderr}`.trim();
    process.stdout.write(`  ${name}, last lines:\n${text.replace(/^/gm, '    ')}\n`);
  }
}
