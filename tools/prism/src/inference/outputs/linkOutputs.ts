import { posix } from 'node:path';
import { type IgnoreMatcher, ignoreNothing, parseIgnoreFile } from '@prism-build/containerfile';
import { type Failure, imageFailure } from '@prism-build/errors';
import type { Output } from '../declared/listOutputs';
import type { OutputIndex } from '../declared/outputIndex';
import { relate, toGlob } from '../declared/patterns';
import type { Input } from '../read/keys';
import type { Taken, Takes } from '../read/takes';
import type { Doubt, Maker } from './findMakers';
import { findMakers } from './findMakers';
import { openLeftOut } from './leftOut';

/** Data of a component that all its steps share. */
export interface OutputRequest {
  readonly project: string;
  readonly file: string;
  readonly context: string;
  /** Lines of the ignore file of the context. */
  readonly ignored: readonly string[];
  /** The option `from`: paths, relative to the workspace or to the context, to the targets that make them. */
  readonly from: Readonly<Record<string, string>>;
}

/** Data about the rest of the workspace. */
export interface OutputSurroundings {
  readonly outputs: OutputIndex;
  readonly runsBefore: (one: Output, other: Output) => boolean;
  /** Whether a target runs after the one that asks, directly or not. */
  readonly leadsBack: (maker: { readonly project: string; readonly target: string }) => boolean;
  /** Names of building targets that plugins may add to any project: `build`. */
  readonly likely: readonly string[];
  readonly isProject: (name: string) => boolean;
}

/** What other targets add to a step. */
export interface OutputLinks {
  readonly makers: readonly Maker[];
  /** Paths that git ignores, and that no known target makes. */
  readonly unknown: readonly Taken[];
  readonly inputs: readonly Input[];
  readonly dependsOn: readonly DependsOn[];
  readonly failures: readonly Failure[];
}

type DependsOn = string | { readonly target: string; readonly projects?: string[] };

export const noLinks: OutputLinks = { makers: [], unknown: [], inputs: [], dependsOn: [], failures: [] };

/** Finds the targets that make what a step takes: they become dependencies, and their outputs are in its key. */
export function linkOutputs(
  { taken, onlyFiles }: Takes,
  request: OutputRequest,
  surroundings: OutputSurroundings,
): OutputLinks {
  if (taken.length === 0) return noLinks;
  const { project, file, from } = request;
  const named = nameMakers(taken, from, request, surroundings);
  const rest = taken.filter(({ path }) => !named.some(({ taken: one }) => one.path === path));
  const candidates = new Set(
    rest.flatMap(({ path }) =>
      path === '' ? surroundings.outputs.of(project) : surroundings.outputs.near(path),
    ),
  );
  // Most components copy only files in git: nothing else is needed for them.
  if (named.length === 0 && candidates.size === 0 && !taken.some(({ ignored }) => ignored)) return noLinks;
  const usable = [...candidates].filter((output) => !surroundings.leadsBack(output));
  const leftOut = openLeftOut(request.context, readRules(request));
  const { runsBefore } = surroundings;
  const found = findMakers(rest, usable, { project, onlyFiles, leftOut, runsBefore });
  const makers = [...named.map(({ maker }) => maker), ...found.makers];
  const explained = (path: string) =>
    makers.some((maker) => maker.paths.some((one) => relate(path, one) !== 'apart'));
  const doubted = new Set(found.doubts.map((doubt) => doubt.taken.path));
  // Some target made them. Targets of other plugins are not visible here; Nx skips names that do not exist.
  const unknown = rest.filter(
    ({ path, ignored }) =>
      ignored && !explained(path) && !doubted.has(path) && !isInstalled(path) && !leftOut(path),
  );
  const guessed = unknown.length > 0 ? guess(request, surroundings) : [];
  return {
    makers,
    unknown,
    inputs: [
      ...toInputs(
        found.makers.flatMap(({ paths }) => paths),
        false,
      ),
      ...toInputs(
        named.flatMap(({ maker }) => maker.paths),
        true,
      ),
      ...toInputs(guessed.length > 0 ? unknown.map(({ path }) => path) : [], true),
    ],
    dependsOn: [...toDependsOn(makers, project), ...guessed],
    failures: found.doubts.map((doubt) => refuse(doubt, file)),
  };
}

interface NamedMaker {
  readonly taken: Taken;
  readonly maker: Maker;
}

function nameMakers(
  taken: readonly Taken[],
  from: OutputRequest['from'],
  { project, context }: OutputRequest,
  { isProject }: OutputSurroundings,
): NamedMaker[] {
  const entries = Object.entries(from);
  if (entries.length === 0) return [];
  return taken.flatMap((one) =>
    entries.flatMap(([written, task]): NamedMaker[] => {
      const inContext = posix.join(context, written);
      const path = relate(one.path, written) === 'apart' ? inContext : written;
      const relation = relate(one.path, path);
      if (relation === 'apart') return [];
      const maker = { ...toTask(task, project, isProject), line: one.line };
      return [{ taken: one, maker: { ...maker, paths: [relation === 'inside' ? one.path : path] } }];
    }),
  );
}

/** `project:target`, or a target of the own project, which may have colons in its name. */
export function toTask(
  text: string,
  project: string,
  isProject: (name: string) => boolean,
): { readonly project: string; readonly target: string } {
  const colons = [...text.matchAll(/:/g)].map(({ index }) => index);
  const at = colons.find((index) => isProject(text.slice(0, index)));
  return at === undefined
    ? { project, target: text }
    : { project: text.slice(0, at), target: text.slice(at + 1) };
}

/** Directories that package managers install; no target makes them. */
const isInstalled = (path: string): boolean => path.split('/').includes('node_modules');

function guess({ project }: OutputRequest, { likely, outputs, leadsBack }: OutputSurroundings): DependsOn[] {
  // If a file of the project declares such a target, its outputs are known, and these paths are not among them.
  const told = new Set(outputs.of(project).flatMap(({ target, declared }) => (declared ? [target] : [])));
  return likely.flatMap((target) => [
    ...(told.has(target) || leadsBack({ project, target }) ? [] : [target]),
    `^${target}`,
  ]);
}

function toInputs(paths: readonly string[], transitive: boolean): Input[] {
  const globs = [...new Set(paths.map(toGlob))].flatMap((path) =>
    path === '' ? ['**/*'] : [path, `${path}/**/*`],
  );
  return globs.map((dependentTasksOutputFiles) => ({
    dependentTasksOutputFiles,
    ...(transitive && { transitive }),
  }));
}

function toDependsOn(makers: readonly Maker[], own: string): DependsOn[] {
  const projects = new Map<string, Set<string>>();
  for (const { project, target } of makers)
    projects.set(target, (projects.get(target) ?? new Set()).add(project));
  return [...projects].flatMap(([target, names]): DependsOn[] => {
    const others = [...names].filter((name) => name !== own).sort();
    return [
      ...(names.has(own) ? [{ target }] : []),
      ...(others.length > 0 ? [{ target, projects: others }] : []),
    ];
  });
}

function readRules({ ignored, file }: OutputRequest): IgnoreMatcher {
  const rules = ignored.length === 0 ? undefined : parseIgnoreFile(ignored.join('\n'), file);
  return rules?.ok ? rules.value : ignoreNothing;
}

function refuse({ taken, outputs }: Doubt, file: string): Failure {
  const tasks = outputs.map(
    ({ project, target, configuration }) =>
      `${project}:${target}${configuration === undefined ? '' : `:${configuration}`}`,
  );
  const only = new Set(tasks).size === 1;
  const what = only
    ? `COPY source ${taken.path} is made by ${tasks[0]}, a configuration that is not the default`
    : `COPY source ${taken.path} is made by several targets: ${[...new Set(tasks)].join(', ')}`;
  const remedy = only
    ? `Make it the defaultConfiguration of the target, or name a target that makes it: "from": {"${taken.path}": "<project>:<target>"} in the options of build-image.`
    : `Name one: "from": {"${taken.path}": "${tasks[0]}"} in the options of build-image.`;
  return imageFailure('COPY_SOURCE_UNDECIDED', { what, remedy, at: { file, line: taken.line } });
}
