import { posix } from 'node:path';
import type { TargetConfiguration } from '@nx/devkit';
import { imagesLockPath } from '@prism-build/registry';
import { imageDirectory, imageParts, targetName, type Unhashed } from '@prism-build/workspace';
import { imageNames } from '../../table/executor';
import type { Identity } from '../identity';
import type { ComponentLinks } from '../outputs/linkComponents';
import type { OutputLinks } from '../outputs/linkOutputs';
import type { ComponentPlace } from '../places';
import { literalPath } from '../read/fileset';
import { beside, type Input } from '../read/keys';
import { toolInput } from '../read/namedInputs';
import type { CompileKey, ImageReads, ProjectReads } from '../read/reads';
import type { BaseLinks } from './bases';
import { addConsumers, addRelease } from './consumers';
import { listRehashed, type NxHashes } from './rehashed';
import { addSubmodules } from './submodules';

/** Everything that determines the targets of a component, in addition to what was read of it. */
export interface Surroundings {
  readonly name: string;
  /** The resolved image names of each of its images, the default image first. */
  readonly links: readonly (BaseLinks | undefined)[];
  /** The targets that make what its steps copy. */
  readonly made: ComponentLinks;
  readonly prefix: string;
  /** Where images are pushed to, if the plugin's options say so. */
  readonly registry?: string | undefined;
  /** Whether options say where images are pushed to. */
  readonly hasRegistry: boolean;
  /** Whether `nx release` is configured. */
  readonly releases?: boolean | undefined;
  readonly identity: Identity;
  /** Files for which Nx has a wrong digest. */
  readonly known: NxHashes;
  /** Directories that are submodules, as prefixes of filesets. */
  readonly submodules: readonly string[];
}

type Targets = Record<string, TargetConfiguration>;
type Inputs = NonNullable<TargetConfiguration['inputs']>;

/** The targets of a component. Every nx command makes them all in cold code, so nothing is copied twice. */
export function makeTargets(place: ComponentPlace, reads: ProjectReads, surroundings: Surroundings): Targets {
  const { links, made, prefix, registry } = surroundings;
  const targets: Targets = {};
  if (reads.compile) targets.compile = compileTarget(place, reads, reads.compile, surroundings);
  for (const [index, image] of reads.images.entries()) {
    const { variant } = image;
    const target = targetName('build-image', variant);
    targets[target] = imageTarget(place, reads, image, links[index], made.images[index]!, surroundings);
    if (reads.rootfs && variant === undefined) targets.rootfs = rootfsTarget(place, reads, surroundings);
    addConsumers(targets, imageNames(prefix, variant, registry), surroundings.hasRegistry);
  }
  if (surroundings.releases) addRelease(targets, reads.images);
  return targets;
}

function compileTarget(
  place: ComponentPlace,
  { context, contextReason, shared, named }: ProjectReads,
  { inputs, wide, unhashed, definition }: CompileKey,
  surroundings: Surroundings,
): TargetConfiguration {
  const { name, made, identity, submodules } = surroundings;
  const why = wide === undefined ? '' : `; the key covers all that COPY takes, because ${wide}`;
  return {
    executor: 'prism:build',
    cache: unhashed.why === undefined,
    ...(made.compile.dependsOn.length > 0 && { dependsOn: [...made.compile.dependsOn] }),
    inputs: addSubmodules(inputs, named, submodules).concat(made.compile.inputs, toolInput) as Inputs,
    outputs: [`{workspaceRoot}/dist/compile/${name}`],
    options: Object.assign(
      { step: 'compile', containerfile: place.file, context },
      definition && { definition },
      shared,
      describeUnhashed(unhashed, surroundings),
      identity.options,
    ),
    metadata: {
      description: `Run the compile stage for all platforms${why}${explain(place, made.compile, context, contextReason)}`,
    },
  };
}

function imageTarget(
  place: ComponentPlace,
  { context, contextReason, shared, rootfs, compile, named }: ProjectReads,
  { variant, stage, inputs, compiled, unhashed, definition }: ImageReads,
  links: BaseLinks | undefined,
  made: OutputLinks,
  surroundings: Surroundings,
): TargetConfiguration {
  const { name, identity, submodules } = surroundings;
  const directory = `{workspaceRoot}/${imageDirectory('', name, variant)}`;
  const options: Record<string, unknown> = {
    step: 'image',
    containerfile: place.file,
    context,
  };
  if (definition !== undefined) options.definition = definition;
  if (variant !== undefined) Object.assign(options, shared, { variant, stage });
  if (links && Object.keys(links.projects).length > 0) options.bases = links.projects;
  // For the compile that rebuilds a restored output that was altered.
  if (compiled && compile && compile.alsoReads.length > 0) options.alsoReads = compile.alsoReads;
  Object.assign(options, describeUnhashed(unhashed, surroundings));
  const target: TargetConfiguration = {
    executor: 'prism:build',
    cache: unhashed.why === undefined && (rootfs?.cache ?? true),
    inputs: addSubmodules(inputs, named, submodules).concat(
      inputsOfBases(place, links),
      made.inputs,
      toolInput,
    ) as Inputs,
    // Lists files, not the directory: that of the default image also contains the variants.
    outputs: imageParts.map((part) => `${directory}/${part}`),
    options: Object.assign(options, identity.options),
    metadata: {
      description: `Assemble the ${variant === undefined ? 'image' : `${variant} image`} for all platforms, as files${explain(place, made, context, contextReason)}`,
    },
  };
  const dependsOn = [...listDependencies(compiled, links?.edges ?? []), ...made.dependsOn];
  if (dependsOn.length > 0) target.dependsOn = dependsOn;
  return target;
}

/** What the build reads and Nx does not hash, as options, which are part of keys. Most targets have neither option. */
function describeUnhashed(unhashed: Unhashed, { known }: Surroundings): Record<string, readonly string[]> {
  const rehashed = listRehashed(unhashed, known);
  return {
    ...(unhashed.facts.length > 0 && { unhashed: unhashed.facts }),
    ...(rehashed.length > 0 && { rehashed }),
  };
}

/**
 * Describes where files come from, for `nx show project`: the context with its reason, and the targets that make COPY
 * sources.
 */
function explain(
  { file }: ComponentPlace,
  { makers, unknown }: OutputLinks,
  context: string,
  reason: string | undefined,
): string {
  const from =
    reason === undefined
      ? ''
      : `; context ${context === '.' ? 'is the workspace root' : context} (${reason})`;
  const lines = makers.map(
    ({ project, target, paths, line }) => `; ${paths.join(', ')} from ${project}:${target} (${file}:${line})`,
  );
  const guesses = unknown.map(
    ({ path, line }) => `; ${path} from build or ^build, if one makes it (${file}:${line})`,
  );
  return [from, ...lines, ...guesses].join('');
}

/** The inputs that an image's bases add to its key. */
function inputsOfBases(place: ComponentPlace, links: BaseLinks | undefined): Input[] {
  const inputs: Input[] = [];
  if (links?.locked)
    inputs.push(`${beside(place)}/${literalPath(posix.basename(imagesLockPath(place.file)))}`);
  if (links && links.edges.length > 0) inputs.push({ dependentTasksOutputFiles: '**/digest.json' });
  return inputs;
}

function listDependencies(
  compiled: boolean,
  siblings: readonly string[],
): NonNullable<TargetConfiguration['dependsOn']> {
  const dependsOn: TargetConfiguration['dependsOn'] = [];
  if (compiled) dependsOn.push({ target: 'compile', params: 'forward' });
  // Without `params`: options given for this image do not apply to its bases.
  if (siblings.length > 0) dependsOn.push({ target: 'build-image', projects: [...siblings] });
  return dependsOn;
}

function rootfsTarget(
  { file }: ComponentPlace,
  { context }: ProjectReads,
  { identity }: Surroundings,
): TargetConfiguration {
  return {
    executor: 'prism:build',
    cache: false,
    options: { step: 'rootfs', containerfile: file, context, ...identity.options },
    metadata: {
      description:
        'Write the rootfs as a directory for each platform, for podman build --build-context rootfs=…',
    },
  };
}
