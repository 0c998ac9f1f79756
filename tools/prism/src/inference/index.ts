import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { CreateNodes, CreateNodesContext, ProjectConfiguration } from '@nx/devkit';
import { ignoreNothing, type Source } from '@prism-build/containerfile';
import { failed, ok, type Result, renderFailures } from '@prism-build/errors';
import { fileFailure, readTextIfThere } from '@prism-build/shell';
import { projectNameOf } from '../workspace/naming';
import { readIgnoreRules } from '../workspace/readContext';
import { type BaseLinks, linkBases } from './bases';
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
    const read = chosen.map((file) => readProject(file, options, context));
    const links = linkBases(read, options?.prefix ?? '');
    return read.map((one) => {
      const project = makeProject(one, links.get(one.name), options, context, identity);
      return [one.file, { projects: { [one.root]: project } }];
    });
  },
];

/** Podman prefers the Containerfile where a directory has both. */
function shadowed(file: string, context: CreateNodesContext): boolean {
  return (
    file.endsWith('Dockerfile') && existsSync(join(context.workspaceRoot, dirname(file), 'Containerfile'))
  );
}

/** A component by itself, before it is known what its images' names stand for. */
interface ReadProject {
  readonly file: string;
  readonly root: string;
  readonly name: string;
  readonly options: Declared['options'];
  readonly component: Result<Component>;
  readonly references: readonly string[];
  readonly rootfs: ReturnType<typeof readRootfs>;
}

function readProject(
  file: string,
  options: PluginOptions | undefined,
  { workspaceRoot }: CreateNodesContext,
): ReadProject {
  const root = dirname(file);
  const declared = readDeclared(join(workspaceRoot, root));
  const rootfs = readRootfs(join(workspaceRoot, root));
  const text = orFailure(file, () => ok(readTextIfThere(join(workspaceRoot, file)) ?? ''));
  const component = text.ok
    ? readComponent(text.value, file, {
        platforms: listOf(declared.options.platforms) ?? options?.platforms ?? defaultPlatforms,
        buildArgs: declared.options.buildArgs ?? {},
        target: declared.options.stage,
        contexts: rootfs ? ['rootfs'] : [],
      })
    : text;
  return {
    file,
    root,
    name: declared.name ?? projectNameOf(root),
    options: declared.options,
    component,
    rootfs,
    references: component.ok ? component.value.bases.map(({ reference }) => reference) : [],
  };
}

function makeProject(
  { file, root, name, options: declared, component, rootfs }: ReadProject,
  bases: BaseLinks | undefined,
  options: PluginOptions | undefined,
  { workspaceRoot }: CreateNodesContext,
  identity: Identity,
): Partial<ProjectConfiguration> {
  const context = declared.context ?? root;
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
    shared: sharedOptions(declared),
    bases,
    rootfs,
  };
  return {
    name,
    root,
    projectType: 'application',
    ...(bases && bases.edges.length > 0 && { implicitDependencies: [...bases.edges] }),
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

function followLinks(context: string, component: Component): Component {
  const { image, compile } = component;
  const follow = (sources: readonly Source[]) => followSources(context, sources);
  const followed = compile && { ...compile, sources: follow(compile.sources) };
  return { ...component, image: follow(image), compile: followed };
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
