import type { NxJsonConfiguration } from '@nx/devkit';
import type { ReadOutputs } from './listOutputs';
import type { DeclaredTarget } from './projectFile';

/** How this workspace's own Nx reads outputs and defaults: its tokens and array forms differ between versions. */
export interface NxReading {
  readonly readOutputs: ReadOutputs;
  /** A target with the defaults of nx.json. */
  readonly withDefaults: (name: string, target: DeclaredTarget, project: DefaultsOf) => DeclaredTarget;
  /** Whether a package.json belongs to a project of a package manager's workspaces. */
  readonly isPackage: (file: string) => boolean;
}

interface DefaultsOf {
  readonly name: string;
  readonly root: string;
}

/** Loads the modules of Nx when they are needed; with the plugin in Nx's own process they are loaded already. */
export function openNxReading(root: string, nxJson: NxJsonConfiguration): NxReading {
  const defaults = nxJson.targetDefaults ?? {};
  const hasDefaults = Object.keys(defaults).length > 0;
  let isPackage: ((file: string) => boolean) | undefined;
  return {
    readOutputs: (...args) => tasksOf().getOutputsForTargetAndConfiguration(...args),
    withDefaults: (name, target, project) => {
      const found = hasDefaults ? readDefaults(defaults, name, target, project) : undefined;
      return found ? mergeDefaults(found, target) : target;
    },
    isPackage: (file) => {
      isPackage ??= openPackages(root);
      return isPackage(file);
    },
  };
}

interface TasksModule {
  readonly getOutputsForTargetAndConfiguration: ReadOutputs;
}
const tasksOf = () => require('nx/src/tasks-runner/utils') as TasksModule;

interface DefaultsModule {
  readonly readTargetDefaultsForTarget: (
    target: string,
    defaults: object,
    executor: string | undefined,
    context: object,
  ) => DeclaredTarget | null | undefined;
}

function readDefaults(
  defaults: object,
  name: string,
  { executor, command }: DeclaredTarget,
  project: DefaultsOf,
): DeclaredTarget | undefined {
  const { readTargetDefaultsForTarget } =
    require('nx/src/project-graph/utils/project-configuration-utils') as DefaultsModule;
  const usual = executor ?? (command === undefined ? undefined : 'nx:run-commands');
  const projectNode = { data: { root: project.root, tags: [] } };
  return (
    readTargetDefaultsForTarget(name, defaults, usual, {
      projectName: project.name,
      projectNode,
      ...(command !== undefined && { command }),
    }) ?? undefined
  );
}

/** The project's own values win; `...` in a list stands for the defaults. */
function mergeDefaults(defaults: DeclaredTarget, target: DeclaredTarget): DeclaredTarget {
  const rival = defaults.executor !== undefined && target.executor !== undefined;
  if (rival && defaults.executor !== target.executor) return target;
  const spread = <T>(own: readonly T[] | undefined, base: readonly T[] | undefined) =>
    own?.flatMap((one) => ((one as unknown) === '...' ? (base ?? []) : [one])) ?? base;
  const outputs = spread(target.outputs, defaults.outputs);
  const dependsOn = spread(target.dependsOn, defaults.dependsOn);
  const configurations = { ...defaults.configurations };
  for (const [name, options] of Object.entries(target.configurations ?? {}))
    configurations[name] = { ...configurations[name], ...options };
  return {
    ...defaults,
    ...target,
    ...(outputs && { outputs }),
    ...(dependsOn && { dependsOn }),
    ...((defaults.options || target.options) && { options: { ...defaults.options, ...target.options } }),
    ...(Object.keys(configurations).length > 0 && { configurations }),
  };
}

interface PackagesModule {
  readonly buildPackageJsonPatterns: (root: string, readJson: (file: string) => unknown) => object;
  readonly buildPackageJsonWorkspacesMatcher: (patterns: object) => (file: string) => boolean;
}

function openPackages(root: string): (file: string) => boolean {
  const nx = require('nx/src/plugins/package-json') as PackagesModule;
  const { readJsonFile } = require('nx/src/utils/fileutils') as { readJsonFile: (file: string) => unknown };
  const readJson = (file: string) => readJsonFile(`${root}/${file}`);
  return nx.buildPackageJsonWorkspacesMatcher(nx.buildPackageJsonPatterns(root, readJson));
}
