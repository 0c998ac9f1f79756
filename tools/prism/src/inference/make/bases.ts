import { type Failure, imageFailure } from '@prism-build/errors';
import { imageName, isLocal } from '@prism-build/workspace';

/** The image names of a component, resolved in this workspace. */
export interface BaseLinks {
  /** Components by the image names in the Containerfile. */
  readonly projects: Readonly<Record<string, string>>;
  /** The components that must be built first. */
  readonly edges: readonly string[];
  /** Whether it names a registry image, which the lock beside the Containerfile pins. */
  readonly locked: boolean;
}

/** Failures for projects whose images would have the same name, such as `Api` and `api`. */
export function findTakenNames(
  components: readonly { readonly name: string; readonly file: string }[],
  prefix: string,
): Failure[] {
  const first = new Map<string, (typeof components)[number]>();
  return components.flatMap((one) => {
    const image = imageName(prefix, one.name);
    const other = first.get(image);
    if (!other || other.name === one.name) {
      first.set(image, other ?? one);
      return [];
    }
    const what = `the image of ${one.name} would be called ${image}, as that of ${other.name} (${other.file})`;
    return [imageFailure('IMAGE_NAME_TAKEN', { what, at: { file: one.file } })];
  });
}

export interface Named {
  readonly name: string;
  readonly references: readonly string[];
}

/**
 * Resolves image names to components: `localhost/<prefix>/<project>`, without a tag or with `latest`. Components in a
 * cycle get no edge, so that their build can report the cycle with file and line.
 */
export function linkBases(components: readonly Named[], prefix: string): Map<string, BaseLinks> {
  // The first component with a name wins.
  const known = new Map([...components].reverse().map(({ name }) => [imageName(prefix, name), name]));
  const references = new Map(components.map((one) => [one.name, one.references]));
  const projects = new Map(
    components.map(({ name, references }) => {
      const found = references.flatMap((reference) => {
        const project = known.get(reference.replace(/:latest$/, ''));
        return project === undefined ? [] : [[reference, project] as const];
      });
      return [name, Object.fromEntries(found)];
    }),
  );
  const reaches = (from: string, to: string, seen = new Set<string>()): boolean => {
    if (from === to) return true;
    if (seen.has(from)) return false;
    seen.add(from);
    return Object.values(projects.get(from) ?? {}).some((next) => reaches(next, to, seen));
  };
  const links = [...projects].map(([name, bases]): [string, BaseLinks] => {
    const edges = [...new Set(Object.values(bases))].filter((base) => !reaches(base, name));
    return [name, { projects: bases, edges, locked: references.get(name)!.some((one) => !isLocal(one)) }];
  });
  return new Map(links);
}
