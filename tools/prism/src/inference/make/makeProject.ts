import type { ProjectConfiguration } from '@nx/devkit';
import type { ComponentPlace } from '../places';
import type { ProjectReads } from '../read/reads';
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
    targets: makeTargets(place, reads, surroundings),
  };
}

/** What a component is made of. */
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
