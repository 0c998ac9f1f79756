import { ok, type Result } from '@prism-build/errors';
import { planProbes, type Stack, type StackStatus } from '@prism-build/stack';
import { askProbe, findContainer, type ReadyAfter } from './awaitReady';
import type { StackProject } from './openStack';
import { readPod } from './pod';

/** The containers of a stack as they are now; asks each probe once, unless `ready` says what is known already. */
export async function readStatus(
  project: StackProject,
  stack: Stack,
  ready?: ReadyAfter,
): Promise<Result<StackStatus>> {
  const read = await readPod(project, stack.name);
  if (!read.ok) return read;
  const pod = read.value;
  if (!pod) return ok({ stack: stack.name, up: false, ready: false, containers: [] });
  const containers = await Promise.all(
    stack.spec.containers.map(async ({ name, ports = [] }) => {
      const found = findContainer(pod, stack, name);
      const probes = planProbes(stack).filter(({ container }) => container === name);
      const runs = found?.status === 'running';
      const answers =
        runs && !ready ? await Promise.all(probes.map((one) => askProbe(project, one, pod, found))) : [];
      return {
        container: name,
        image: found?.imageName ?? '',
        state: !found ? 'missing' : runs ? found.status : `${found.status} (${found.exitCode})`,
        ready: runs && answers.every((why) => why === undefined),
        readyAfter: ready?.get(name),
        restarts: found?.restarts ?? 0,
        ports: stack.ports
          .filter((one) => ports.some(({ containerPort }) => containerPort === one.containerPort))
          .map((one) => `127.0.0.1:${one.hostPort} -> ${one.containerPort}/${one.protocol.toLowerCase()}`),
      };
    }),
  );
  return ok({ stack: stack.name, up: true, ready: containers.every((one) => one.ready), containers });
}
