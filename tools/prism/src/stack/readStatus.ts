import type { Pod } from '@prism-build/engine';
import { ok, type Result } from '@prism-build/errors';
import { candidateOf, planProbes, type Stack, type StackStatus } from '@prism-build/stack';
import { askProbe, containerName, findContainer, type ReadyAfter } from './awaitReady';
import type { StackProject } from './openStack';
import { readPod } from './pod';

/** The containers of a stack as they are now; asks each probe once, unless `ready` says what is known already. */
export async function readStatus(
  project: StackProject,
  stack: Stack,
  ready?: ReadyAfter,
): Promise<Result<StackStatus>> {
  const placed = await findPod(project, stack);
  if (!placed.ok) return placed;
  const { pod, named } = placed.value;
  if (!pod) return ok({ stack: stack.name, up: false, ready: false, containers: [] });
  const containers = await Promise.all(
    stack.spec.containers.map(async ({ name, ports = [] }) => {
      const found = findContainer(pod, named, name);
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
          .map(({ containerPort, protocol, hostPort }) => {
            const inside = `${containerPort}/${protocol.toLowerCase()}`;
            return `127.0.0.1:${pod.ports[inside] ?? hostPort} -> ${inside}`;
          }),
      };
    }),
  );
  return ok({ stack: stack.name, up: true, ready: containers.every((one) => one.ready), containers });
}

/** The pod of a stack, under its own name or, of every other deployment behind a reverse proxy, under that of a candidate. */
async function findPod(
  project: StackProject,
  stack: Stack,
): Promise<Result<{ readonly pod: Pod | undefined; readonly named: Stack }>> {
  const own = await readPod(
    project,
    stack.name,
    stack.spec.containers.map(({ name }) => containerName(stack, name)),
  );
  if (!own.ok) return own;
  if (own.value || !stack.edge) return ok({ pod: own.value, named: stack });
  const named = candidateOf(stack);
  const next = await readPod(project, named.name);
  return next.ok ? ok({ pod: next.value, named }) : next;
}
