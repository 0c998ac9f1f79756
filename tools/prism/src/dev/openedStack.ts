import { join } from 'node:path';
import type { ExecutorContext } from '@nx/devkit';
import { listMounts, shimProgram, startArguments } from '@prism-build/dev';
import { ok, type Result } from '@prism-build/errors';
import { withLock } from '@prism-build/shell';
import { planProbes, type Stack } from '@prism-build/stack';
import { checkStack } from '../stack/checkStack';
import { openStack, type StackProject } from '../stack/openStack';
import { readPod } from '../stack/pod';
import { type ResolvedImage, resolveImages } from '../stack/resolveImages';
import { refuseOtherPod, startStack } from '../stack/startStack';
import { stopStack } from '../stack/stopStack';
import { describeEnd } from './awaitProgram';
import { type DevComponent, openComponent } from './component';
import type { Member } from './member';

/** Seconds that containers have for ending. A developer does not wait until connections are drained. */
export const grace = 1;

/** A stack, and the components that its containers are made from. */
export interface OpenedStack {
  readonly stack: Stack;
  readonly images: readonly ResolvedImage[];
  /** By container. */
  readonly components: ReadonlyMap<string, DevComponent>;
}

/**
 * Reads a stack, lays out the components that it names, and checks what the pod needs. A failure leaves nothing behind, and
 * the pod that runs as it is.
 */
export async function openStackDev(
  project: StackProject,
  context: ExecutorContext,
): Promise<Result<OpenedStack>> {
  const read = await openStack(project);
  if (!read.ok) return read;
  const { stack } = read.value;
  const images = await resolveImages(stack, context);
  if (!images.ok) return images;
  const components = new Map<string, DevComponent>();
  const opened = { stack, images: images.value, components };
  const give = (failures: Result<never>): Result<never> => {
    removeSessions(opened);
    return failures;
  };
  for (const { name, command, args = [] } of stack.spec.containers) {
    const component = images.value.find(({ container }) => container === name)?.project;
    if (component === undefined) continue;
    const one = await openComponent(component, undefined, { entrypoint: command, args }, context);
    if (!one.ok) return give(one);
    components.set(name, one.value);
  }
  const good = await checkStack(project, stack, images.value);
  return good.ok ? ok(opened) : give(good);
}

/** Starts the pod, in place of one that this project has: also of one that a killed run has left. */
export function startPod(
  project: StackProject,
  { stack, images, components }: OpenedStack,
  limit: number,
  stopped: AbortSignal,
): Promise<Result<void>> {
  const mounts = Object.fromEntries(
    [...components].map(([name, { session }]) => [
      name,
      listMounts(session.layout).map(({ source, target }) => ({
        source: join(session.directory, source),
        target,
      })),
    ]),
  );
  const containers = stack.spec.containers.map((one) => {
    const component = components.get(one.name);
    return component ? { ...one, command: [shimProgram], args: startArguments(component.command) } : one;
  });
  const shimmed: Stack = { ...stack, spec: { ...stack.spec, containers } };
  const endOf = (container: string) => {
    const state = components.get(container)?.session.state();
    return state && state.kind !== 'running' ? describeEnd(state) : undefined;
  };
  return withLock(project.lock, async () => {
    const ended = await stopStack(project, grace, 'keep');
    if (!ended.ok) return ended;
    const other = await readPod(project, stack.name);
    if (!other.ok) return other;
    if (other.value) return refuseOtherPod(project, stack);
    for (const { session } of components.values()) session.forgetState();
    const ready = await startStack(project, { stack: shimmed, images, limit, stopped, mounts, endOf });
    return ready.ok ? ok(undefined) : ready;
  });
}

/** The components of a running stack, with the last probe of each: that of its readiness. */
export async function listMembers(
  project: StackProject,
  { stack, components }: OpenedStack,
): Promise<Result<readonly Member[]>> {
  const pod = await readPod(project, stack.name);
  if (!pod.ok) return pod;
  const ports = pod.value?.ports ?? {};
  const probes = planProbes(stack);
  return ok(
    [...components].map(([name, component]) => {
      const question = probes.findLast(({ container }) => container === name)?.question;
      const hostPort = question && question.kind !== 'exec' ? ports[`${question.port}/tcp`] : undefined;
      return {
        component,
        probe: { question, hostPort, container: `${stack.name}-${name}`, call: project.call },
      };
    }),
  );
}

export function removeSessions(opened: OpenedStack | undefined): void {
  for (const { session } of opened?.components.values() ?? []) session.remove();
}
