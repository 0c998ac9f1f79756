import { posix } from 'node:path';
import type { TargetConfiguration } from '@nx/devkit';
import { imagesLockPath } from '@prism-build/registry';
import { imageDirectory, imageParts } from '../../workspace/directories';
import { targetName } from '../../workspace/naming';
import type { Identity } from '../identity';
import type { Place } from '../places';
import { beside, type Input } from '../read/keys';
import type { CompileKey, ImageReads, ProjectReads } from '../read/reads';
import type { BaseLinks } from './bases';
import { addConsumers } from './consumers';

/** Whatever else decides the targets of a component than what was read of it. */
export interface Surroundings {
  readonly name: string;
  /** For each of its images, the default one first, what the names in it stand for. */
  readonly links: readonly (BaseLinks | undefined)[];
  readonly prefix: string;
  readonly identity: Identity;
}

type Targets = Record<string, TargetConfiguration>;
type Inputs = NonNullable<TargetConfiguration['inputs']>;

/** The targets of a component. Every command of nx makes them all, in code that is not warm: nothing is copied twice. */
export function makeTargets(place: Place, reads: ProjectReads, surroundings: Surroundings): Targets {
  const { name, links, prefix } = surroundings;
  const targets: Targets = {};
  if (reads.compile) targets.compile = compileTarget(place, reads, reads.compile, surroundings);
  for (const [index, image] of reads.images.entries()) {
    const { variant } = image;
    const target = targetName('build-image', variant);
    targets[target] = imageTarget(place, reads, image, links[index], surroundings);
    if (reads.rootfs && variant === undefined) targets.rootfs = rootfsTarget(place, reads, surroundings);
    addConsumers(targets, name, prefix, variant);
  }
  return targets;
}

function compileTarget(
  place: Place,
  { context, shared }: ProjectReads,
  { language, inputs, wide }: CompileKey,
  { name, identity }: Surroundings,
): TargetConfiguration {
  const why = wide === undefined ? '' : `; keyed by all that COPY takes, since ${wide}`;
  return {
    executor: 'prism:build',
    cache: true,
    inputs: inputs.concat(identity.inputs) as Inputs,
    outputs: [`{workspaceRoot}/dist/compile/${name}`],
    options: Object.assign({ step: 'compile', containerfile: place.file, context }, shared, identity.options),
    metadata: {
      technologies: [language],
      description: `Run the compile stage for all platforms${why}`,
      help: { command: `nx compile ${name} --help`, example: { options: { dryRun: true } } },
    },
  };
}

function imageTarget(
  place: Place,
  { context, shared, rootfs, compile }: ProjectReads,
  { variant, stage, inputs, compiled, executable }: ImageReads,
  links: BaseLinks | undefined,
  { name, identity }: Surroundings,
): TargetConfiguration {
  const directory = `{workspaceRoot}/${imageDirectory('', name, variant)}`;
  const options: Record<string, unknown> = { step: 'image', containerfile: place.file, context };
  if (variant !== undefined) Object.assign(options, shared, { variant, stage });
  if (links && Object.keys(links.projects).length > 0) options.bases = links.projects;
  // For the compile that repairs what was restored altered.
  if (compiled && compile && compile.alsoReads.length > 0) options.alsoReads = compile.alsoReads;
  if (executable.length > 0) options.executable = executable;
  const target: TargetConfiguration = {
    executor: 'prism:build',
    cache: rootfs?.cache ?? true,
    inputs: inputs.concat(inputsOf(place, links), identity.inputs) as Inputs,
    // Not the directory: the default image's holds those of the variants.
    outputs: imageParts.map((part) => `${directory}/${part}`),
    options: Object.assign(options, identity.options),
    metadata: {
      technologies: ['oci'],
      description: `Assemble the ${variant === undefined ? 'image' : `${variant} image`} for all platforms, as files`,
      help: {
        command: `nx ${targetName('build-image', variant)} ${name} --help`,
        example: { options: { platforms: 'linux/amd64', dryRun: true } },
      },
    },
  };
  const dependsOn = listDependencies(compiled, links?.edges ?? []);
  if (dependsOn.length > 0) target.dependsOn = dependsOn;
  return target;
}

/** What an image's bases add to its key. */
function inputsOf(place: Place, links: BaseLinks | undefined): Input[] {
  const inputs: Input[] = [];
  if (links?.locked) inputs.push(`${beside(place)}/${posix.basename(imagesLockPath(place.file))}`);
  if (links && links.edges.length > 0) inputs.push({ dependentTasksOutputFiles: '**/digest.json' });
  return inputs;
}

function listDependencies(
  compiled: boolean,
  siblings: readonly string[],
): NonNullable<TargetConfiguration['dependsOn']> {
  const dependsOn: TargetConfiguration['dependsOn'] = [];
  if (compiled) dependsOn.push({ target: 'compile', params: 'forward' });
  // Without what is asked of this image: a base is what its own project says.
  if (siblings.length > 0) dependsOn.push({ target: 'build-image', projects: [...siblings] });
  return dependsOn;
}

function rootfsTarget(
  { file }: Place,
  { context }: ProjectReads,
  { name, identity }: Surroundings,
): TargetConfiguration {
  return {
    executor: 'prism:build',
    cache: false,
    options: { step: 'rootfs', containerfile: file, context, ...identity.options },
    metadata: {
      technologies: ['debian'],
      description:
        'Write the rootfs as a directory for each platform, for podman build --build-context rootfs=…',
      help: { command: `nx rootfs ${name} --help`, example: { options: { platforms: 'linux/amd64' } } },
    },
  };
}
