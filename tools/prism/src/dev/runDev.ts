import type { ExecutorContext } from '@nx/devkit';
import { engineEnvironment, engineRun } from '@prism-build/builder';
import { listMounts, shimProgram, startArguments } from '@prism-build/dev';
import { type Engine, explainExit, removeContainer, runImage } from '@prism-build/engine';
import { engineFailure, failed, ok, type Result } from '@prism-build/errors';
import { runForeground } from '@prism-build/shell';
import { type Directories, directoriesOf, targetName } from '@prism-build/workspace';
import { endContainer } from '../executors/run-image/endContainer';
import type { RunOptions } from '../executors/run-image/options';
import type { RunPlan } from '../executors/run-image/planRun';
import { freeName, readPlan } from '../executors/run-image/prepareRun';
import { openChanges } from './changes';
import { type DevComponent, openComponent } from './component';
import { type Loop, type LoopBegin, runLoop } from './loop';
import { type Member, say, tellFailures } from './member';
import { readProbe } from './readProbe';
import { rebuild } from './rebuild';
import { findTests, type Tests } from './tests';
import { watchFiles } from './watch';

/** The options of the executor `dev`. */
interface DevOptions extends Omit<RunOptions, 'interactive' | 'dryRun'> {
  readonly probe?: string | undefined;
  /** Seconds. */
  readonly timeout: number;
  readonly idle: number;
  readonly test: boolean;
}

/** Runs one component until it is stopped, and replaces its program, its files or its container at each change. */
export async function runDev(
  project: string,
  options: DevOptions,
  engine: Engine,
  first: ExecutorContext,
): Promise<Result<string>> {
  const { root } = first;
  const directories = directoriesOf(root, process.env);
  const { variant } = options;
  const changes = openChanges();
  const watching = watchFiles(root, changes.add);
  const { timeout, idle, test } = options;
  const times = { timeout: timeout * 1000, idle: idle * 1000 };
  const due = new Set<string>();
  let tests: ReadonlyMap<string, Tests> = new Map();
  let context = first;
  let running: Running | undefined;
  try {
    const planned = await plan(project, options, first);
    if (!planned.ok) return planned;
    const { name } = planned.value.request;
    const free = await freeName(engine, directories, name, options);
    if (!free.ok) return free;
    const begun = await openOne(project, options, context);
    if (!begun.ok) return begun;
    for (let opened = begun.value; ; ) {
      const { member } = opened;
      await running?.end();
      running = startContainer(engine, directories, opened, options);
      if (test) tests = findTests([project], context, tests);
      const loop: Loop = {
        root,
        members: [member],
        variant,
        definitions: [],
        watching,
        changes,
        over: running.over,
        due,
        tests,
        ...times,
      };
      let next: Opened | undefined;
      for (let begin: LoopBegin = 'started'; next === undefined; begin = 'lacking') {
        const end = await runLoop(loop, begin);
        if (end.kind === 'over') return describeEnd(await running.ended, name);
        process.stdout.write(`  ${end.paths.join(', ')} changed: another image is needed\n`);
        const load = [targetName('load-image', variant), project, `--engine=${engine.name}`];
        const built = await rebuild(context, load, running.over);
        if (built) context = built;
        const other = built && (await openOne(project, options, built));
        if (other?.ok) next = other.value;
        else if (other) tellFailures(other);
        if (!next && !running.over.aborted) say(`${project} stays as it was`);
      }
      opened = next;
    }
  } finally {
    watching.end();
    running?.component.session.remove();
  }
}

interface Opened {
  readonly plan: RunPlan;
  readonly member: Member;
}

function plan(project: string, options: DevOptions, { root }: ExecutorContext): Promise<Result<RunPlan>> {
  return readPlan({ ...options, interactive: false, dryRun: false }, project, root);
}

async function openOne(
  project: string,
  options: DevOptions,
  context: ExecutorContext,
): Promise<Result<Opened>> {
  const planned = await plan(project, options, context);
  if (!planned.ok) return planned;
  const { request } = planned.value;
  const asked = readProbe(project, options, request.ports, context);
  if (!asked.ok) return asked;
  const { entrypoint, args } = request;
  const started = { entrypoint: entrypoint === undefined ? undefined : [entrypoint], args };
  const component = await openComponent(project, options.variant, started, context);
  if (!component.ok) return component;
  const call = engineRun(directoriesOf(context.root, process.env));
  const probe = { ...asked.value, container: request.name, call };
  return ok({ plan: planned.value, member: { component: component.value, probe } });
}

/** A container in the foreground. */
interface Running {
  readonly component: DevComponent;
  /** Aborted when it has ended. */
  readonly over: AbortSignal;
  readonly ended: ReturnType<typeof runForeground>;
  /** Ends it, because another takes its place. */
  readonly end: () => Promise<void>;
}

function startContainer(
  engine: Engine,
  directories: Directories,
  { plan, member: { component } }: Opened,
  { stopTimeout }: DevOptions,
): Running {
  const { session, command } = component;
  const call = engineRun(directories);
  const { name } = plan.request;
  // `z`: SELinux lets containers read it; elsewhere it means nothing.
  const mounts = listMounts(session.layout).map(
    ({ source, target, kind }) => `${session.directory}/${source}:${target}:z${kind === 'file' ? ',ro' : ''}`,
  );
  const request = {
    ...plan.request,
    volumes: [...mounts, ...plan.request.volumes],
    entrypoint: shimProgram,
    args: startArguments(command),
  };
  const patience = stopTimeout * 1000;
  const over = new AbortController();
  const ended = runForeground({
    argv: runImage(engine, request),
    env: { ...engineEnvironment(directories), ...plan.values },
    input: false,
    patience,
    stop: () => void call({ argv: removeContainer(engine, name) }),
    finish: (signal) => endContainer({ engine, name, call }, signal, patience),
  }).finally(() => over.abort());
  const end = async () => {
    await endContainer({ engine, name, call }, 'SIGTERM', patience);
    await ended;
    session.remove();
  };
  return { component, over: over.signal, ended, end };
}

function describeEnd(ended: Awaited<ReturnType<typeof runForeground>>, name: string): Result<string> {
  if (!ended.ok) return ended;
  const { status, asked, errors } = ended.value;
  if (asked) return ok(`  ${name} stopped\n`);
  if (typeof status === 'number') return failed(explainExit(name, status, errors));
  return failed(engineFailure('RUN_ENDED', { what: `${name} ended with ${status}` }));
}
