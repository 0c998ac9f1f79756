import { ok, type Result } from '@prism-build/errors';
import type { Finding } from '@prism-build/policy';
import { type Canary, canaryOf, canaryOfSystem, isOfSystem } from './canaries';
import { type Contents, parseBom, readContents } from './cycloneDx';
import type { Database } from './database';
import { matchOnce } from './matchStore';
import type { Scanner } from './scanner';

/** A scan of an inventory, for `decide`. */
export interface ScannedInventory {
  readonly findings: readonly Finding[];
  readonly packages: number;
  readonly gaps: readonly string[];
}

/**
 * Matches an inventory, and tests the database with a canary for each kind of package and each operating-system
 * release in it. `matches` is the directory of stored matches.
 */
export async function scanInventory(
  matches: string,
  scanner: Scanner,
  inventory: Uint8Array,
  database: Database,
): Promise<Result<ScannedInventory>> {
  const bom = parseBom(Buffer.from(inventory).toString(), 'the inventory');
  if (!bom.ok) return bom;
  const contents = readContents(bom.value);
  if (contents.packages === 0) return ok({ findings: [], packages: 0, gaps: [] });
  const { canaries, gaps: unknown } = listCanaries(contents);
  const gaps = [...unknown];
  for (const { bom: text, id, gap } of canaries) {
    const found = await matchOnce(matches, scanner, Buffer.from(text), database);
    if (!found.ok) return found;
    if (!found.value.some((one) => id === undefined || one.id === id)) gaps.push(gap);
  }
  const found = await matchOnce(matches, scanner, inventory, database);
  return found.ok ? ok({ findings: found.value, packages: contents.packages, gaps }) : found;
}

/** The canaries for an inventory, and the kinds without a canary. */
function listCanaries({ ecosystems, systems }: Contents): {
  readonly canaries: readonly Canary[];
  readonly gaps: readonly string[];
} {
  const libraries = ecosystems.filter((one) => !isOfSystem(one));
  const withoutRelease = ecosystems.some(isOfSystem) && systems.length === 0;
  return {
    canaries: [
      ...libraries.flatMap((one) => canaryOf(one) ?? []),
      ...systems.map(({ family, release }) => canaryOfSystem(family, release)),
    ],
    gaps: [
      ...libraries
        .filter((one) => !canaryOf(one))
        .map((one) => `no canary tests whether the database has ${one} advisories`),
      ...(withoutRelease
        ? ['the image has packages of an operating system but does not say its release']
        : []),
    ],
  };
}
