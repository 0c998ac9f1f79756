import { posix } from 'node:path';
import type { TargetConfiguration } from '@nx/devkit';
import { imagesLockPath } from '@prism-build/registry';
import { imageDirectory, imageParts } from '../workspace/directories';
import { targetName } from '../workspace/naming';
import type { BaseLinks } from './bases';
import { consumerTargets } from './consumers';
import type { Identity } from './identity';
import { beside, ownFilesets, pinsOf, variablesFile } from './keys';
import type { Place } from './places';
import type { ImageReads, ProjectReads } from './readProject';

type Input = string | Record<string, unknown>;

/** Whatever else decides the targets of a component than what was read of it. */
export interface Surroundings {
  readonly name: string;
  /** For each of its images, the default one first, what the names in it stand for. */
  readonly links: readonly (BaseLinks | undefined)[];
  readonly prefix: string;
  readonly identity: Identity;
}

/** The targets of a component. */
export function makeTargets(
  place: Place,
  reads: ProjectReads,
  surroundings: Surroundings,
): Record<string, TargetConfiguration> {
  const { name, links, prefix } = surroundings;
  const targets: Record<string, TargetConfiguration> = {};
  if (reads.compile) targets.compile = compileTarget(place, reads, reads.compile, surroundings);
  for (const [index, image] of reads.images.entries()) {
    const { variant } = image;
    targets[targetName('build-image', variant)] = imageTarget(
      place,
      reads,
      image,
      links[index],
      surroundings,
    );
    if (reads.rootfs && variant === undefined) targets.rootfs = rootfsTarget(place, reads, surroundings);
    Object.assign(targets, consumerTargets(name, prefix, variant));
  }
  return targets;
}

function compileTarget(
  place: Place,
  reads: ProjectReads,
  { language, builder, filesets, wide }: NonNullable<ProjectReads['compile']>,
  { name, identity }: Surroundings,
): TargetConfiguration {
  const { context, shared } = reads;
  return {
    executor: 'prism:build',
    cache: true,
    inputs: [
      ...ownFilesets(place, context, reads.rootfs !== undefined),
      ...fromDisk(filesets),
      ...pinsOf(builder),
      ...environment(reads),
      ...identity.inputs,
    ] as string[],
    outputs: [`{workspaceRoot}/dist/compile/${name}`],
    options: { step: 'compile', containerfile: place.file, context, ...shared, ...identity.options },
    metadata: {
      technologies: [language],
      description: `Run the compile stage for all platforms${wide === undefined ? '' : `; keyed by all that COPY takes, since ${wide}`}`,
      help: { command: `nx compile ${name} --help`, example: { options: { dryRun: true } } },
    },
  };
}

function imageTarget(
  place: Place,
  reads: ProjectReads,
  image: ImageReads,
  links: BaseLinks | undefined,
  { name, identity }: Surroundings,
): TargetConfiguration {
  const { context, shared } = reads;
  const { variant, stage, executable } = image;
  const directory = `{workspaceRoot}/${imageDirectory('', name, variant)}`;
  const siblings = links?.edges ?? [];
  const bases = links?.projects ?? {};
  const dependsOn = [
    ...(image.compiled ? [{ target: 'compile', params: 'forward' as const }] : []),
    // Without what is asked of this image: a base is what its own project says.
    ...(siblings.length > 0 ? [{ target: 'build-image', projects: [...siblings] }] : []),
  ];
  return {
    executor: 'prism:build',
    cache: reads.rootfs?.cache ?? true,
    inputs: [
      ...ownFilesets(place, context, reads.rootfs !== undefined),
      ...fromDisk(image.filesets),
      ...(image.compiled ? [{ dependentTasksOutputFiles: '**/compile.json' }] : []),
      ...(links?.locked ? [`${beside(place)}/${posix.basename(imagesLockPath(place.file))}`] : []),
      ...(siblings.length > 0 ? [{ dependentTasksOutputFiles: '**/digest.json' }] : []),
      ...environment(reads),
      ...identity.inputs,
    ] as string[],
    // Not the directory: the default image's holds those of the variants.
    outputs: imageParts.map((part) => `${directory}/${part}`),
    options: {
      step: 'image',
      containerfile: place.file,
      context,
      ...(variant !== undefined && { ...shared, variant, stage }),
      ...(Object.keys(bases).length > 0 && { bases }),
      ...(executable.length > 0 && { executable }),
      ...identity.options,
    },
    metadata: {
      technologies: ['oci'],
      description: `Assemble the ${variant === undefined ? 'image' : `${variant} image`} for all platforms, as files`,
      help: {
        command: `nx ${targetName('build-image', variant)} ${name} --help`,
        example: { options: { platforms: 'linux/amd64', dryRun: true } },
      },
    },
    ...(dependsOn.length > 0 && { dependsOn }),
  };
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

/** COPY takes what git ignores too, and Nx would not hash it: these filesets are read from the disk (Nx 24). */
function fromDisk(filesets: readonly string[]): Input[] {
  return filesets.map((fileset) => ({ fileset, includeIgnored: true }));
}

function environment({ variables }: ProjectReads): Input[] {
  return variables.length > 0 ? [...variables.map((env) => ({ env })), variablesFile] : [];
}
