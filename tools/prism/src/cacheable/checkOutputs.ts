import { existsSync } from 'node:fs';
import { join, posix } from 'node:path';
import type { ExecutorContext, ProjectsConfigurations, TaskGraph } from '@nx/devkit';
import type { BuildOptions } from '@prism-build/builder';
import { ignoreNothing } from '@prism-build/containerfile';
import type { Reads } from '@prism-build/plan';
import {
  literalPart,
  noFacts,
  openFiles,
  openGitIgnore,
  readBelow,
  readIgnoreRules,
} from '@prism-build/workspace';
import { isSilent, type KnownProject, listOutputs } from '../inference/declared/listOutputs';
import { openNxReading } from '../inference/declared/nxReading';
import { indexOutputs, type OutputIndex } from '../inference/declared/outputIndex';
import { matches } from '../inference/declared/patterns';
import { openLeftOut } from '../inference/outputs/leftOut';
import { toTask } from '../inference/outputs/linkOutputs';
import { listTaken } from '../inference/read/takes';
import { dependenciesOf } from '../nx/dependenciesOf';
import { findMissing } from './findMissing';
import { readSources } from './readSources';

/** Whether the sources of a step were complete when Nx computed its key. */
export interface OutputCheck {
  /** Lines to show to the user. */
  readonly notes: readonly string[];
  readonly cacheable: boolean;
  /** Whether a file is an output of a task that Nx waited for. Such a file is in the key, even if git ignores it. */
  readonly waitedFor: (path: string) => boolean;
}

/** Checks against the final targets of Nx. During inference, those that other plugins infer are not visible. */
export function checkOutputs(
  context: ExecutorContext,
  taskId: string,
  project: string,
  options: BuildOptions,
  reads: Reads,
): OutputCheck {
  const { root } = context;
  const waits = listWaits(context.taskGraph, taskId);
  const outputsWaitedFor = waits.flatMap((id) => context.taskGraph?.tasks[id]?.outputs ?? []);
  const waitedFor = (path: string) => outputsWaitedFor.some((output) => matches(path, output));
  const sources = readSources(reads, options.step);
  const isIgnored = openGitIgnore(readBelow(root));
  const taken = listTaken(options.context, sources, openFiles(root, noFacts), isIgnored);
  const rules = readIgnoreRules(readBelow(root), options.containerfile, options.context);
  const leftOut = openLeftOut(options.context, rules.ok ? rules.value : ignoreNothing);
  const isThere = (path: string) => existsSync(join(root, literalPart(path)));
  const { outputs, mayMakeMore } = targetsOf(context);
  const named = namedBy(options, project, context, waits);
  const { makers, unknown } = findMissing({
    project,
    taken,
    outputs,
    waitedFor: [...outputsWaitedFor, ...named],
    isThere,
    leftOut,
  });
  const at = (line: number) => `${options.containerfile}:${line}`;
  const not = mayMakeMore ? 'not cached: ' : 'warning: ';
  return {
    waitedFor,
    cacheable: makers.length === 0 && !(mayMakeMore && unknown.length > 0),
    notes: [
      ...makers.map(
        ({ project: name, target, paths, line }) =>
          `not cached: ${at(line)} copies ${paths.join(', ')}, which ${name}:${target} makes and this target does not wait for; set "from": {"${paths[0]}": "${name}:${target}"} in the options of build-image`,
      ),
      ...unknown.map(
        ({ path, line }) =>
          `${not}${at(line)} copies ${path}, which git ignores and no target is known to make; name the target that makes it: "from": {"${path}": "<project>:<target>"} in the options of build-image`,
      ),
    ],
  };
}

/** Paths that the option `from` assigns to tasks that this one waits for; their outputs need not name them. */
function namedBy(
  { from, context: directory }: BuildOptions,
  project: string,
  { projectsConfigurations, taskGraph }: ExecutorContext,
  waits: readonly string[],
): string[] {
  const tasks = waits.flatMap((id) => taskGraph?.tasks[id]?.target ?? []);
  return Object.entries(from).flatMap(([path, text]) => {
    const named = toTask(text, project, (name) => name in (projectsConfigurations?.projects ?? {}));
    const waited = tasks.some((task) => task.project === named.project && task.target === named.target);
    return waited ? [path, posix.join(directory, path)] : [];
  });
}

/** The tasks that a task waits for, directly or indirectly. */
function listWaits(graph: TaskGraph | undefined, taskId: string): string[] {
  const seen = new Set<string>();
  const visit = (id: string): void => {
    for (const next of graph ? dependenciesOf(graph, id) : []) {
      if (seen.has(next)) continue;
      seen.add(next);
      visit(next);
    }
  };
  visit(taskId);
  return [...seen];
}

interface Targets {
  readonly outputs: OutputIndex;
  /** Whether some target does not declare its outputs. It may make any file, so no key is safe. */
  readonly mayMakeMore: boolean;
}

/** Computed once, because a batch checks every image of a workspace. */
const known = new WeakMap<ProjectsConfigurations, Targets>();

function targetsOf({ root, projectsConfigurations, nxJsonConfiguration }: ExecutorContext): Targets {
  if (!projectsConfigurations) return { outputs: indexOutputs([]), mayMakeMore: true };
  const before = known.get(projectsConfigurations);
  if (before) return before;
  const { readOutputs } = openNxReading(root, nxJsonConfiguration ?? {});
  const projects = Object.entries(projectsConfigurations.projects).map(
    ([name, { root: directory, targets }]): KnownProject => ({
      name,
      root: directory,
      targets: (targets ?? {}) as KnownProject['targets'],
    }),
  );
  const found = {
    outputs: indexOutputs(projects.flatMap((one) => listOutputs(one, readOutputs))),
    mayMakeMore: projects.some(({ targets }) => Object.values(targets).some(isSilent)),
  };
  known.set(projectsConfigurations, found);
  return found;
}
