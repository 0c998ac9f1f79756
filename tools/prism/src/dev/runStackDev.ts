import { join } from 'node:path';
import type { ExecutorContext } from '@nx/devkit';
import { engineEnvironment } from '@prism-build/builder';
import { listMounts, shimProgram, startArguments } from '@prism-build/dev';
import { podmanPods } from '@prism-build/engine';
import { type Failure, failed, ok, type Result } from '@prism-build/errors';
import { type Started, startProcess, withLock } from '@prism-build/shell';
import { planProbes, type Stack } from '@prism-build/stack';
import { checkStack } from '../stack/checkStack';
import { listenForStop } from '../stack/listenForStop';
import { openProject, openStack, type StackProject } from '../stack/openStack';
import { readPod } from '../stack/pod';
import { type ResolvedImage, resolveImages } from '../stack/resolveImages';
import { refuseOtherPod, startStack } from '../stack/startStack';
import { stopStack } from '../stack/stopStack';
import { openChanges } from './changes';
import { type DevComponent, openComponent } from './component';
import { runLoop } from './loop';
import type { Member } from './member';
import { rebuild } from './rebuild';
import { removeApart } from './removeApart';
import { watchFiles } from './watch';

/** Seconds that containers have for ending. A developer does not wait until connections are drained. */
const grace = 1;

/** Seconds: for becoming ready, and without a change until images are built. */
interface StackTimes {
  readonly timeout: number;
  readonly idle: number;
}

/** Runs a stack until it is stopped, and replaces programs, files or the pod at each change. */
export async function runStackDev(options: StackTimes, first: ExecutorContext): Promise<Result<string>> {
  const project = openProject(first);
  if (!project.ok) return project;
  const { root } = first;
  const changes = openChanges();
  const watching = watchFiles(root, changes.add);
  const stopping = listenForStop();
  const ending = () =>
    withLock(project.value.lock, async () => {
      if (opened) await removeApart(project.value, opened.stack.name, grace);
      return stopStack(project.value, grace, 'keep');
    });
  const times = { timeout: options.timeout * 1000, idle: options.idle * 1000 };
  const definitions = [join(root, project.value.file)];
  let context = first;
  let opened: OpenedStack | undefined;
  try {
    for (;;) {
      const next = await open(project.value, context);
      if (!next.ok) return opened ? await endAfter(ending, next.failures) : next;
      const before = opened;
      opened = next.value;
      const started = await start(project.value, opened, times.timeout, stopping.signal);
      removeSessions(before);
      if (!started.ok) return started;
      const members = await listMembers(project.value, opened);
      if (!members.ok) return await endAfter(ending, members.failures);
      const logs = await followLogs(project.value, opened.stack.name);
      const over = AbortSignal.any([stopping.signal, logs.over]);
      const loop = {
        root,
        members: members.value,
        variant: undefined,
        definitions,
        watching,
        changes,
        over,
        test: false,
      };
      let replaced: ExecutorContext | undefined;
      for (let fresh = true; replaced === undefined; fresh = false) {
        const end = await runLoop({ ...loop, ...times }, fresh);
        if (end.kind === 'over') {
          logs.end();
          const ended = await ending();
          return ended.ok ? ok(`  ${opened.stack.name} stopped\n`) : ended;
        }
        process.stdout.write(`  ${end.paths.join(', ')} changed: the pod is replaced\n`);
        const names = members.value.map(({ component }) => component.project);
        replaced = await rebuild(
          context,
          ['run-many', '-t', 'load-image', `--projects=${names.join(',')}`],
          over,
        );
      }
      logs.end();
      context = replaced;
    }
  } finally {
    watching.end();
    stopping.end();
    removeSessions(opened);
  }
}

interface OpenedStack {
  readonly stack: Stack;
  readonly images: readonly ResolvedImage[];
  /** By container. */
  readonly components: ReadonlyMap<string, DevComponent>;
}

/** Reads a stack, and lays out the components that it names. */
async function open(project: StackProject, context: ExecutorContext): Promise<Result<OpenedStack>> {
  const read = await openStack(project);
  if (!read.ok) return read;
  const { stack } = read.value;
  const images = await resolveImages(stack, context);
  if (!images.ok) return images;
  const components = new Map<string, DevComponent>();
  for (const { name, command, args = [] } of stack.spec.containers) {
    const component = images.value.find(({ container }) => container === name)?.project;
    if (component === undefined) continue;
    const opened = await openComponent(component, undefined, { entrypoint: command, args }, context);
    if (!opened.ok) return opened;
    components.set(name, opened.value);
  }
  return ok({ stack, images: images.value, components });
}

/** Starts the pod, in place of one that this project has: also of one that a killed run has left. */
function start(
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
  return withLock(project.lock, async () => {
    const good = await checkStack(project, stack, images);
    if (!good.ok) return good;
    const ended = await stopStack(project, grace, 'keep');
    if (!ended.ok) return ended;
    const other = await readPod(project, stack.name);
    if (!other.ok) return other;
    if (other.value) return refuseOtherPod(project, stack);
    const ready = await startStack(project, { stack: shimmed, images, limit, stopped, mounts });
    return ready.ok ? ok(undefined) : ready;
  });
}

/** The components of a running stack, with the last probe of each: that of its readiness. */
async function listMembers(
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

/** Prints what the containers print. `over` is aborted when the pod has ended. */
async function followLogs({ directories }: StackProject, pod: string) {
  const over = new AbortController();
  const argv = podmanPods.logs(pod, { colour: false, follow: true, tail: undefined, container: undefined });
  const started: Result<Started> = await startProcess(
    { argv, env: engineEnvironment(directories) },
    (chunk) => process.stdout.write(chunk),
  );
  if (started.ok) void started.value.ended.then(() => over.abort());
  return { over: over.signal, end: () => started.ok && started.value.kill('SIGTERM') };
}

function removeSessions(opened: OpenedStack | undefined): void {
  for (const { session } of opened?.components.values() ?? []) session.remove();
}

async function endAfter(
  ending: () => Promise<Result<unknown>>,
  failures: readonly Failure[],
): Promise<Result<never>> {
  const ended = await ending();
  return failed(...failures, ...(ended.ok ? [] : ended.failures));
}
