import { join } from 'node:path';
import type { ExecutorContext } from '@nx/devkit';
import { engineEnvironment } from '@prism-build/builder';
import { podmanPods } from '@prism-build/engine';
import { type Failure, failed, imageFailure, ok, type Result } from '@prism-build/errors';
import { type Started, startProcess, withLock } from '@prism-build/shell';
import type { Stack } from '@prism-build/stack';
import { listenForStop } from '../stack/listenForStop';
import { openProject, openStack, type StackProject } from '../stack/openStack';
import { listProjects, namesUnknown } from '../stack/resolveImages';
import { stopStack } from '../stack/stopStack';
import { openChanges } from './changes';
import { type LoopBegin, runLoop } from './loop';
import { say, tellFailures } from './member';
import { grace, listMembers, type OpenedStack, openStackDev, removeSessions, startPod } from './openedStack';
import { rebuild } from './rebuild';
import { removeApart } from './removeApart';
import { findTests, type Tests } from './tests';
import { watchFiles } from './watch';

/** Seconds: for becoming ready, and without a change until images are built. */
interface StackTimes {
  readonly timeout: number;
  readonly idle: number;
  readonly test: boolean;
}

/**
 * Runs a stack until it is stopped, and replaces programs, files or the pod at each change. A pod stays until what takes its
 * place is built and checked, and comes back if that one does not become ready.
 */
export async function runStackDev(options: StackTimes, first: ExecutorContext): Promise<Result<string>> {
  const project = openProject(first);
  if (!project.ok) return project;
  const { root } = first;
  const changes = openChanges();
  const watching = watchFiles(root, changes.add);
  const stopping = listenForStop();
  const ending = () =>
    withLock(project.value.lock, async () => {
      const mounted = [...(opened?.components.values() ?? [])].map(({ session }) => session.directory);
      if (opened) await removeApart(project.value, opened.stack.name, grace, mounted);
      return stopStack(project.value, grace, 'keep');
    });
  const times = { timeout: options.timeout * 1000, idle: options.idle * 1000 };
  const start = (one: OpenedStack) => startPod(project.value, one, times.timeout, stopping.signal);
  const due = new Set<string>();
  let tests: ReadonlyMap<string, Tests> = new Map();
  let opened: OpenedStack | undefined;
  try {
    const begun = await openStackDev(project.value, first);
    if (!begun.ok) return begun;
    opened = begun.value;
    if (options.test) tests = findTests(projectsOf(opened), first);
    if (options.test && tests.size === 0) {
      const what = `option test of dev: no component of ${project.value.project} has a target test`;
      return failed(imageFailure('OPTIONS_INVALID', { what, remedy: 'Add the target to its project.json.' }));
    }
    const started = await start(opened);
    if (!started.ok) return started;
    let context = first;
    let begin: LoopBegin = 'started';
    for (;;) {
      const { name } = opened.stack;
      const members = await listMembers(project.value, opened);
      if (!members.ok) return await endAfter(ending, members.failures);
      const logs = await followLogs(project.value, name);
      const over = AbortSignal.any([stopping.signal, logs.over]);
      const definitions = [join(root, project.value.file)];
      const loop = {
        root,
        members: members.value,
        variant: undefined,
        definitions,
        watching,
        changes,
        over,
        due,
      };
      let next: Replacement | undefined;
      while (next === undefined) {
        const end = await runLoop({ ...loop, ...times, tests }, begin);
        if (end.kind === 'over') {
          logs.end();
          const ended = await ending();
          return ended.ok ? ok(`  ${name} stopped\n`) : ended;
        }
        process.stdout.write(`  ${end.paths.join(', ')} changed: another pod is needed\n`);
        const read = await openStack(project.value);
        if (read.ok) next = await prepare(project.value, read.value.stack, context, over);
        else tellFailures(read);
        if (next === undefined && !over.aborted) say(`${name} stays as it was`);
        // Only an edit of stack.yaml can help if that cannot be read.
        begin = read.ok || begin === 'lacking' ? 'lacking' : 'kept';
      }
      logs.end();
      const before: OpenedStack = opened;
      opened = next.opened;
      const replaced = await start(opened);
      if (replaced.ok) {
        removeSessions(before);
        context = next.context;
        if (options.test) tests = findTests(projectsOf(opened), context, tests);
        begin = 'started';
        continue;
      }
      removeSessions(opened);
      opened = before;
      if (stopping.signal.aborted) return await endAfter(ending, replaced.failures);
      tellFailures(replaced);
      say(`the last good pod of ${name} starts again`);
      const again = await start(before);
      if (!again.ok) return await endAfter(ending, again.failures);
      begin = 'lacking';
    }
  } finally {
    watching.end();
    stopping.end();
    removeSessions(opened);
  }
}

const projectsOf = ({ components }: OpenedStack): string[] =>
  [...components.values()].map(({ project }) => project);

interface Replacement {
  readonly opened: OpenedStack;
  readonly context: ExecutorContext;
}

/**
 * Builds and loads the images that a stack names now. Undefined if that failed, which is printed, or if the pod has ended
 * meanwhile.
 */
async function prepare(
  project: StackProject,
  stack: Stack,
  before: ExecutorContext,
  over: AbortSignal,
): Promise<Replacement | undefined> {
  let context = before;
  const runNx = async (...args: string[]) => {
    const read = await rebuild(context, args, over);
    context = read ?? context;
    return read !== undefined;
  };
  // Nx knows a component that is new in the workspace once it has read the workspace anew.
  if (namesUnknown(stack, context) && !(await runNx('show', 'projects'))) return undefined;
  const names = listProjects(stack, context).join(',');
  if (names !== '' && !(await runNx('run-many', '-t', 'load-image', `--projects=${names}`))) return undefined;
  const opened = await openStackDev(project, context);
  if (opened.ok) return { opened: opened.value, context };
  tellFailures(opened);
  return undefined;
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

async function endAfter(
  ending: () => Promise<Result<unknown>>,
  failures: readonly Failure[],
): Promise<Result<never>> {
  const ended = await ending();
  return failed(...failures, ...(ended.ok ? [] : ended.failures));
}
