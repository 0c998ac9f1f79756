import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { CreateNodes, CreateNodesContext, ProjectConfiguration } from '@nx/devkit';
import { ignoreNothing, type Source } from '@prism-build/containerfile';
import { failed, ok, type Result, renderFailures } from '@prism-build/errors';
import { fileFailure, readTextIfThere } from '@prism-build/shell';
import { projectNameOf } from '../workspace/naming';
import { readIgnoreRules } from '../workspace/readContext';
import { type Component, readComponent } from './component';
import { type Identity, pluginIdentity } from './identity';
import { followSources } from './links';
import { makeTargets } from './targets';

/** Options of the plugin in nx.json. */
export interface PluginOptions {
  /** Platforms that a Containerfile is read for; those of the targets are their own option. */
  readonly platforms?: readonly string[];
  /** Goes before the project in the names of loaded images: localhost/<prefix>/<project>. */
  readonly prefix?: string;
}

const defaultPlatforms = ['linux/amd64', 'linux/arm64'];

/** Every directory with a Containerfile (or a Dockerfile) is a project. A broken one warns, and breaks no other. */
export const createNodes: CreateNodes<PluginOptions> = [
  '**/{Containerfile,Dockerfile}',
  (files, options, context) => {
    const identity = pluginIdentity(__dirname, context.workspaceRoot);
    const chosen = files.filter((file) => !shadowed(file, context));
    return chosen.map((file) => {
      const root = dirname(file);
      return [file, { projects: { [root]: makeProject(file, root, options, context, identity) } }];
    });
  },
];

/** Podman prefers the Containerfile where a directory has both. */
function shadowed(file: string, context: CreateNodesContext): boolean {
  return (
    file.endsWith('Dockerfile') && existsSync(join(context.workspaceRoot, dirname(file), 'Containerfile'))
  );
}

function makeProject(
  file: string,
  root: string,
  options: PluginOptions | undefined,
  { workspaceRoot }: CreateNodesContext,
  identity: Identity,
): Partial<ProjectConfiguration> {
  const declared = readDeclared(join(workspaceRoot, root));
  const name = declared.name ?? projectNameOf(root);
  const context = declared.options.context ?? root;
  const text = orFailure(file, () => ok(readTextIfThere(join(workspaceRoot, file)) ?? ''));
  const component = text.ok
    ? readComponent(text.value, file, {
        platforms: listOf(declared.options.platforms) ?? options?.platforms ?? defaultPlatforms,
        buildArgs: declared.options.buildArgs ?? {},
        target: declared.options.stage,
      })
    : text;
  const rules = orFailure(`the ignore file of ${file}`, () => readIgnoreRules(workspaceRoot, file, context));
  const failures = [...(component.ok ? [] : component.failures), ...(rules.ok ? [] : rules.failures)];
  if (failures.length > 0) process.stderr.write(`${renderFailures(failures)}\n`);
  const facts = {
    project: name,
    root,
    containerfile: file,
    prefix: options?.prefix ?? '',
    context,
    rules: rules.ok ? rules.value : ignoreNothing,
    identity,
    shared: sharedOptions(declared.options),
    rootfs: readRootfs(join(workspaceRoot, root)),
  };
  return {
    name,
    root,
    projectType: 'application',
    metadata: {
      technologies: [
        'containerfile',
        ...(component.ok && component.value.compile?.language ? [component.value.compile.language] : []),
      ],
    },
    targets: makeTargets(
      facts,
      component.ok ? followLinks(join(workspaceRoot, context), component.value) : undefined,
    ),
  };
}

/** What cannot be read is the matter of one project: an exception here would end every command of nx. */
function orFailure<T>(what: string, read: () => Result<T>): Result<T> {
  try {
    return read();
  } catch (error) {
    return failed(fileFailure(error, `cannot read ${what}`));
  }
}

function listOf(platforms: readonly string[] | string | undefined): readonly string[] | undefined {
  return typeof platforms === 'string' ? platforms.split(',') : platforms;
}

/** Both steps of a build must agree on these, wherever they are declared. */
function sharedOptions({ platforms, buildArgs }: Declared['options']): Record<string, unknown> {
  return { ...(platforms && { platforms }), ...(buildArgs && { buildArgs }) };
}

function followLinks(context: string, { image, compile }: Component): Component {
  const follow = (sources: readonly Source[]) => followSources(context, sources);
  return { image: follow(image), compile: compile && { ...compile, sources: follow(compile.sources) } };
}

/** Whether Nx may cache an image with a rootfs; what is wrong with the file, building says. */
function readRootfs(directory: string): { readonly cache: boolean } | undefined {
  if (!existsSync(join(directory, 'rootfs.json'))) return undefined;
  const rootfs = readJson(join(directory, 'rootfs.json')) as { cache?: unknown } | undefined;
  return { cache: rootfs?.cache !== false };
}

interface Declared {
  readonly name: string | undefined;
  readonly options: {
    readonly context?: string;
    readonly platforms?: readonly string[] | string;
    readonly buildArgs?: Readonly<Record<string, string>>;
    readonly stage?: string;
  };
}

/** What project.json or package.json says about the project and its image. */
function readDeclared(directory: string): Declared {
  const project = readJson(join(directory, 'project.json'));
  const manifest = readJson(join(directory, 'package.json'));
  const image = project?.targets?.['build-image'] ?? manifest?.nx?.targets?.['build-image'];
  return { name: project?.name ?? manifest?.nx?.name ?? manifest?.name, options: image?.options ?? {} };
}

interface Manifest {
  readonly name?: string;
  readonly nx?: Manifest;
  readonly targets?: Record<string, { options?: Declared['options'] }>;
}

/** A file that is not JSON is Nx's to complain about. */
function readJson(path: string): Manifest | undefined {
  const text = readTextIfThere(path);
  try {
    return text === undefined ? undefined : (JSON.parse(text) as Manifest);
  } catch {
    return undefined;
  }
}
