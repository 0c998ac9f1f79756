import { isOfSystem } from '../canaries';
import { type Bom, type Component, kindOf } from '../cycloneDx';

type Property = NonNullable<Component['properties']>[number];

/** A package of an inventory, and where the image has it. */
export interface Package {
  /** Equal for packages that Trivy matches alike, in every image. */
  readonly key: string;
  /** Without reference and places. */
  readonly component: Component;
  /** Class and type of the program that contains it; undefined if no program does. */
  readonly program: readonly Property[] | undefined;
  /** Name and version of the operating system it belongs to; more than one if the inventory is wrong. */
  readonly system: readonly (readonly [string, string])[];
  /** File or program; undefined if the inventory does not say. */
  readonly path: string | undefined;
}

export const PREFIX = 'aquasecurity:trivy:';
/** Properties that only say where in an image a package is. */
const places = new Set(['FilePath', 'LayerDiffID', 'LayerDigest'].map((name) => PREFIX + name));

/** The packages of an inventory that Trivy can match. */
export function listPackages(bom: Bom): Package[] {
  const components = bom.components ?? [];
  const systems = components
    .filter(({ type }) => type === 'operating-system')
    .map(({ name, version = '' }) => [name, version] as const);
  const programs = findPrograms(bom);
  return components.flatMap((one) => {
    const kind = kindOf(one);
    if (kind === undefined) return [];
    const parent = programs.get(one['bom-ref']);
    const program = parent?.properties?.filter(({ name }) =>
      [`${PREFIX}Class`, `${PREFIX}Type`].includes(name),
    );
    // `scanInventory` reports packages of an unknown system as a gap: Trivy cannot match them.
    if (isOfSystem(kind) && systems.length === 0) return [];
    const system = isOfSystem(kind) ? systems : [];
    const component = withoutPlaces(one);
    const path = one.properties?.find(({ name }) => name === `${PREFIX}FilePath`)?.value ?? parent?.name;
    return [{ key: JSON.stringify([system, program, component]), component, program, system, path }];
  });
}

/** The program that contains each package, directly or as a dependency, by the package's reference. */
function findPrograms({ components = [], dependencies = [] }: Bom): ReadonlyMap<string, Component> {
  const below = new Map(dependencies.map(({ ref, dependsOn = [] }) => [ref, dependsOn]));
  const programs = components.filter(({ type }) => type === 'application');
  return new Map(
    programs.flatMap((program) => {
      const reached = new Set(below.get(program['bom-ref']));
      // A set that grows while it is read: each reference once.
      for (const ref of reached) for (const next of below.get(ref) ?? []) reached.add(next);
      return [...reached].map((ref) => [ref, program] as const);
    }),
  );
}

function withoutPlaces(one: Component): Component {
  const properties = (one.properties ?? []).filter(({ name }) => !places.has(name));
  return { ...one, 'bom-ref': '', hashes: undefined, properties };
}
