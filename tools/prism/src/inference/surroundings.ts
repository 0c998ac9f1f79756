import { imageKey } from '../workspace/directories';
import type { BaseLinks, Named } from './bases';
import type { ProjectNames } from './readProject';

/** What a component becomes by what else there is. */
export interface Surroundings {
  readonly name: string;
  /** For each of its images, the default one first, what the names in it stand for. */
  readonly links: readonly (BaseLinks | undefined)[];
}

/** A component that has a name by now. */
export interface NamedProject {
  readonly name: string;
  readonly known: ProjectNames;
}

/** Each image of a component with the images that it names; nothing can name a variant. */
export function listNamed({ name, known }: NamedProject): Named[] {
  return known.images.map(({ variant, references }) => ({ name: imageKey(name, variant), references }));
}

export function findSurroundings(project: NamedProject, links: ReadonlyMap<string, BaseLinks>): Surroundings {
  return { name: project.name, links: listNamed(project).map(({ name }) => links.get(name)) };
}
