import type { ProjectConfiguration } from '@nx/devkit';
import type { ComponentPlace } from '../places';
import { toolInput } from '../read/namedInputs';
import type { ProjectReads } from '../read/reads';
import { changesVariable } from './changes';
import type { ComponentUses } from './edges';
import { makeTargets, type Surroundings } from './targets';

/** A component as Nx sees it. */
export function makeProject(
  place: ComponentPlace,
  reads: ProjectReads,
  surroundings: Surroundings,
): ProjectConfiguration {
  const { compile } = reads;
  return {
    name: surroundings.name,
    root: place.root,
    projectType: 'application',
    metadata: { technologies: ['containerfile', ...(compile ? [compile.language] : [])] },
    namedInputs: namedInputsOf(reads, surroundings),
    targets: makeTargets(place, reads, surroundings),
  };
}

/** Inputs that all targets of a project share are one named input, which keeps `nx show project` readable. */
function namedInputsOf(
  { named }: ProjectReads,
  { name, identity }: Surroundings,
): NonNullable<ProjectConfiguration['namedInputs']> {
  const tool = [...identity.inputs, { env: changesVariable(name) }];
  return { ...named, [toolInput]: tool } as NonNullable<ProjectConfiguration['namedInputs']>;
}

/** The inputs of a component's project. */
export function usesOf(place: ComponentPlace, reads: ProjectReads, { links }: Surroundings): ComponentUses {
  const { compile, compiled, registry } = reads;
  return {
    file: place.file,
    root: place.root,
    siblings: [...new Set(links.flatMap((one) => one?.edges ?? []))],
    builder: compile?.builder,
    language: compile?.language,
    compiled,
    images: registry,
  };
}
