import { posix } from 'node:path';
import type { TargetConfiguration } from '@nx/devkit';
import type { IgnoreMatcher } from '@prism-build/containerfile';
import { parseIgnoreFile } from '@prism-build/containerfile';
import { imagesLockPath } from '@prism-build/registry';
import { imageDirectory, imageParts } from '../workspace/directories';
import { builderDirectory, targetName } from '../workspace/naming';
import { listIgnoreFiles } from '../workspace/readContext';
import type { StageReading } from '../workspace/stage/reading';
import type { BaseLinks } from './bases';
import type { CompileReads, Component } from './component';
import { consumerTargets } from './consumers';
import { toExclusions, toFilesets, toPartFilesets } from './filesets';
import type { Identity } from './identity';
import type { Variant } from './variants';

type Input = string | Record<string, unknown>;

export interface TargetFacts {
  readonly project: string;
  readonly root: string;
  /** Where the Containerfile lies, with its locks; the root is another where several files lie together. */
  readonly directory: string;
  readonly containerfile: string;
  readonly context: string;
  readonly prefix: string;
  readonly rules: IgnoreMatcher;
  readonly identity: Identity;
  /** What rootfs.json says of the cache; absent: the component has none. */
  readonly rootfs?: { readonly cache: boolean } | undefined;
  /** What the project says of its image, and its compile stage and its variants must know too: platforms, build arguments. */
  readonly shared?: Readonly<Record<string, unknown>>;
  readonly bases?: BaseLinks | undefined;
  /** The variables of the environment that build arguments take their values from. */
  readonly variables?: readonly string[];
  /** What the compiler reads, or why that cannot be said; absent: nothing is compiled as a recognised stage. */
  readonly reading?: StageReading | undefined;
  /** Files of an image that their owner may execute; absent: nobody looks. */
  readonly executables?: (component: Component) => readonly string[] | undefined;
}

/** What decides filesets. */
export type KeyFacts = Pick<
  TargetFacts,
  'containerfile' | 'context' | 'rules' | 'identity' | 'variables' | 'reading'
>;

/** A variant, and what its own stages read: its key has nothing of the other images of the file. */
export interface VariantFacts extends Variant {
  readonly component: Component | undefined;
  readonly bases: BaseLinks | undefined;
}

/** The targets of a component. `component` is undefined for a Containerfile that cannot be read: building it says why. */
export function makeTargets(
  facts: TargetFacts,
  component: Component | undefined,
  variants: readonly VariantFacts[] = [],
): Record<string, TargetConfiguration> {
  const compile = [component, ...variants.map((one) => one.component)].find((one) => one?.compile)?.compile;
  return {
    ...(compile && { compile: compileTarget(facts, compile) }),
    'build-image': imageTarget(facts, component),
    ...(facts.rootfs && { rootfs: rootfsTarget(facts) }),
    ...consumerTargets(facts.project, facts.prefix, undefined),
    ...Object.assign({}, ...variants.map((variant) => variantTargets(facts, variant))),
  };
}

function variantTargets(facts: TargetFacts, variant: VariantFacts): Record<string, TargetConfiguration> {
  const { name, component, bases } = variant;
  return {
    [targetName('build-image', name)]: imageTarget({ ...facts, bases }, component, variant),
    ...consumerTargets(facts.project, facts.prefix, name),
  };
}

function compileTarget(facts: TargetFacts, compile: CompileReads): TargetConfiguration {
  const { containerfile, context } = facts;
  const wide = facts.reading && !facts.reading.closure && facts.reading.why;
  return {
    executor: 'prism:build',
    cache: true,
    inputs: [
      ...ownFiles(facts),
      ...fromDisk(compileFilesets(facts, compile)),
      ...pinsOf(compile),
      ...environment(facts),
      ...facts.identity.inputs,
    ] as string[],
    outputs: [`{workspaceRoot}/dist/compile/${facts.project}`],
    options: { step: 'compile', containerfile, context, ...facts.shared, ...facts.identity.options },
    metadata: {
      technologies: [compile.language],
      description: `Run the compile stage for all platforms${wide ? `; keyed by all that COPY takes, since ${wide}` : ''}`,
      help: { command: `nx compile ${facts.project} --help`, example: { options: { dryRun: true } } },
    },
  };
}

function pinsOf({ builder }: CompileReads): string[] {
  const directory = builderDirectory(builder);
  return directory ? [`{workspaceRoot}/${directory}/pin.json`] : [];
}

/** The compiler's closure, or all that COPY takes where it cannot be said. */
export function compileFilesets(facts: KeyFacts, compile: CompileReads): string[] {
  const { context, reading } = facts;
  const pins = pinsOf(compile);
  if (reading?.closure) {
    const filesets = toPartFilesets(context, reading.closure.workspace, reading.closure.except);
    return filesets.length > 0 ? [...filesets, ...excluded(facts, pins)] : [];
  }
  const filesets = toFilesets(context, compile.sources);
  const unread = parseIgnoreFile(compile.neverRead.join('\n'), 'language');
  const exclusions = unread.ok ? toExclusions(context, unread.value, mustCount(facts, pins)) : [];
  return filesets.length > 0 ? [...filesets, ...excluded(facts, pins), ...exclusions] : [];
}

function imageTarget(
  facts: TargetFacts,
  component: Component | undefined,
  variant?: Variant,
): TargetConfiguration {
  const { containerfile, context, project } = facts;
  const directory = `{workspaceRoot}/${imageDirectory('', project, variant?.name)}`;
  const reads = component ? toFilesets(context, component.image) : [`${beside(facts)}/**/*`];
  const compiled = component?.compile ? [{ dependentTasksOutputFiles: '**/compile.json' }] : [];
  const siblings = facts.bases?.edges ?? [];
  const named = facts.bases?.projects ?? {};
  const executable = (component && facts.executables?.(component)) ?? [];
  const lock = facts.bases?.locked
    ? [`${beside(facts)}/${posix.basename(imagesLockPath(containerfile))}`]
    : [];
  const dependsOn = [
    ...(component?.compile ? [{ target: 'compile', params: 'forward' as const }] : []),
    // Without what is asked of this image: a base is what its own project says.
    ...(siblings.length > 0 ? [{ target: 'build-image', projects: [...siblings] }] : []),
  ];
  return {
    executor: 'prism:build',
    cache: facts.rootfs?.cache ?? true,
    inputs: [
      ...ownFiles(facts),
      ...fromDisk(reads.length > 0 ? [...reads, ...excluded(facts)] : []),
      ...compiled,
      ...lock,
      ...(siblings.length > 0 ? [{ dependentTasksOutputFiles: '**/digest.json' }] : []),
      ...environment(facts),
      ...facts.identity.inputs,
    ] as string[],
    // Not the directory: the default image's holds those of the variants.
    outputs: imageParts.map((part) => `${directory}/${part}`),
    options: {
      step: 'image',
      containerfile,
      context,
      ...(variant && { ...facts.shared, variant: variant.name, stage: variant.stage }),
      ...(Object.keys(named).length > 0 && { bases: named }),
      ...(executable.length > 0 && { executable }),
      ...facts.identity.options,
    },
    metadata: {
      technologies: ['oci'],
      description: `Assemble the ${variant ? `${variant.name} image` : 'image'} for all platforms, as files`,
      help: {
        command: `nx ${targetName('build-image', variant?.name)} ${project} --help`,
        example: { options: { platforms: 'linux/amd64', dryRun: true } },
      },
    },
    ...(dependsOn.length > 0 && { dependsOn }),
  };
}

function rootfsTarget({ containerfile, context, project, identity }: TargetFacts): TargetConfiguration {
  return {
    executor: 'prism:build',
    cache: false,
    options: { step: 'rootfs', containerfile, context, ...identity.options },
    metadata: {
      technologies: ['debian'],
      description:
        'Write the rootfs as a directory for each platform, for podman build --build-context rootfs=…',
      help: { command: `nx rootfs ${project} --help`, example: { options: { platforms: 'linux/amd64' } } },
    },
  };
}

/** COPY takes what git ignores too, and Nx would not hash it: these filesets are read from the disk (Nx 24). */
function fromDisk(filesets: readonly string[]): Input[] {
  return filesets.map((fileset) => ({ fileset, includeIgnored: true }));
}

/** The file is one from which Nx takes variables: with it, `affected` sees a change that git knows. */
function environment({ variables = [] }: KeyFacts): Input[] {
  return variables.length > 0 ? [...variables.map((env) => ({ env })), '{workspaceRoot}/.env'] : [];
}

/** Files that count whatever an ignore file says; the Containerfile is in a group of its own for that reason. */
function ownFiles(facts: TargetFacts): Input[] {
  const place = beside(facts);
  const rootfs = facts.rootfs ? [`${place}/rootfs.json`, `${place}/rootfs.lock.json`] : [];
  const name = posix.basename(facts.containerfile);
  return [
    `${place}/${name}`,
    ...rootfs,
    ...listIgnoreFiles(facts.containerfile, facts.context).map((path) => `{workspaceRoot}/${path}`),
  ];
}

/** The directory of the Containerfile as a fileset begins. */
function beside({ root, directory }: TargetFacts): string {
  if (root === directory) return '{projectRoot}';
  return directory === '.' ? '{workspaceRoot}' : `{workspaceRoot}/${directory}`;
}

function excluded(facts: KeyFacts, pins: readonly string[] = []): string[] {
  return toExclusions(facts.context, facts.rules, mustCount(facts, pins));
}

/** Paths, relative to the context, that no exclusion may hide: ignore files, pins, the plugin's own files. */
function mustCount(facts: KeyFacts, pins: readonly string[] = []): string[] {
  const base = facts.context === '.' ? '' : `${facts.context}/`;
  const own = [...facts.identity.inputs, ...environment(facts)].flatMap((input) =>
    typeof input === 'string' ? [input.replace('**/*', 'x.ts')] : [],
  );
  const paths = [
    ...listIgnoreFiles(facts.containerfile, facts.context),
    ...[...own, ...pins].map((input) => input.replace('{workspaceRoot}/', '')),
  ];
  return paths.filter((path) => path.startsWith(base)).map((path) => path.slice(base.length));
}
