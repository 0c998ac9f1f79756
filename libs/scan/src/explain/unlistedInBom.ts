import type { Bom } from '../cycloneDx';
import type { UnlistedProgram } from './listUnlisted';

const PROPERTY = 'prism-build:unlisted';

/** The inventory with a component for each program that no package explains. */
export function addUnlisted(bom: Bom, programs: readonly UnlistedProgram[]): Bom {
  const added = programs.map(({ path, sha256 }) => ({
    'bom-ref': `unlisted ${path}`,
    type: 'file',
    name: path,
    hashes: [{ alg: 'SHA-256', content: sha256 }],
    properties: [{ name: PROPERTY, value: 'no recognised package contains this program' }],
  }));
  return { ...bom, components: [...(bom.components ?? []), ...added] };
}

/** Paths of programs that no package explains. */
export function readUnlisted({ components = [] }: Bom): string[] {
  return components.filter(isUnlisted).map(({ name }) => name);
}

function isUnlisted({ type, properties = [] }: NonNullable<Bom['components']>[number]): boolean {
  return type === 'file' && properties.some(({ name }) => name === PROPERTY);
}

/** More paths than this are counted. */
const SHOWN = 5;

/** The gap that unlisted programs leave in an assessment; none if there are no such programs. */
export function describeUnlisted(paths: readonly string[]): string[] {
  if (paths.length === 0) return [];
  const shown = paths.slice(0, SHOWN).map((path) => `/${path}`);
  const more = paths.length - shown.length;
  const list = more > 0 ? `${shown.join(', ')} and ${more} more` : shown.join(', ');
  return [`no recognised package contains ${paths.length === 1 ? 'the program' : 'the programs'} ${list}`];
}
