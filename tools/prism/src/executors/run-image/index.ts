import type { ExecutorContext } from '@nx/devkit';
import { engineEnvironment, engineRun, pickEngine } from '@prism-build/builder';
import { type Engine, explainExit, removeContainer, runImage } from '@prism-build/engine';
import { engineFailure, failed, ok, type Result } from '@prism-build/errors';
import { runForeground } from '@prism-build/shell';
import { type Directories, directoriesOf } from '@prism-build/workspace';
import { parseOptions } from '../../nx/parseOptions';
import { endTask } from '../../nx/report';
import { endContainer } from './endContainer';
import { type RunOptions, options as runOptions } from './options';
import type { RunPlan } from './planRun';
import { freeName, readPlan } from './prepareRun';

/** The `run-image` executor: runs a loaded image in the foreground until it ends or is stopped. */
export async function execute(options: unknown, context: ExecutorContext): Promise<{ success: boolean }> {
  return endTask(await run(options, context));
}

async function run(value: unknown, context: ExecutorContext): Promise<Result<string>> {
  const project = context.projectName!;
  const options = parseOptions(runOptions, value, `${project}:${context.targetName}`);
  if (!options.ok) return options;
  const engine = pickEngine(options.value.engine);
  if (!engine.ok) return engine;
  const plan = await readPlan(options.value, project, context.root);
  if (!plan.ok) return plan;
  const argv = runImage(engine.value, plan.value.request);
  if (options.value.dryRun) return ok(`${JSON.stringify({ argv }, null, 2)}\n`);
  const directories = directoriesOf(context.root, process.env);
  const free = await freeName(engine.value, directories, plan.value.request.name, options.value);
  if (!free.ok) return free;
  process.stdout.write(describe(plan.value));
  return runToEnd(engine.value, directories, plan.value, options.value);
}

async function runToEnd(
  engine: Engine,
  directories: Directories,
  { request, values }: RunPlan,
  { stopTimeout, interactive }: RunOptions,
): Promise<Result<string>> {
  const call = engineRun(directories);
  const { name } = request;
  const patience = stopTimeout * 1000;
  const ended = await runForeground({
    argv: runImage(engine, request),
    env: { ...engineEnvironment(directories), ...values },
    input: interactive,
    patience,
    stop: () => void call({ argv: removeContainer(engine, name) }),
    // An early signal, or a kill, can end podman itself (even with status 0) while its container keeps running.
    finish: (signal) => endContainer({ engine, name, call }, signal, patience),
  });
  if (!ended.ok) return ended;
  const { status, asked, errors } = ended.value;
  if (asked) return ok(`  ${name} stopped\n`);
  if (status === 0) return ok(`  ${name} ended\n`);
  if (typeof status === 'string') {
    const what = `${engine.name} was killed by ${status}; ${name} was asked to end`;
    return failed(engineFailure('RUN_ENDED', { what }));
  }
  return failed(explainExit(name, status, errors));
}

function describe({ request }: RunPlan): string {
  const ports = request.ports.map((port) => {
    return `${port.address}:${port.hostPort} -> ${port.containerPort}/${port.protocol}`;
  });
  return `  ${request.name}  ${request.image}  ${ports.join('  ')}\n`;
}
