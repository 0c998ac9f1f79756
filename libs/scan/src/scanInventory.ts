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
  // All at once: a scanner may match them in one process.
  const match = (text: Uint8Array) => matchOnce(matches, scanner, text, database);
  const [found, ...ofCanaries] = await Promise.all([
    match(inventory),
    ...canaries.map((canary) => match(Buffer.from(canary.bom))),
  ]);
  // What stops the scanner stops it for all of them; one report is enough.
  const failure = [found!, ...ofCanaries].find((one) => !one.ok);
  if (failure && !failure.ok) return failure;
  const blind = canaries.filter(({ id }, index) => {
    const result = ofCanaries[index]!;
    return !(result.ok && result.value.some((one) => id === undefined || one.id === id));
  });
  const gaps = [...unknown, ...blind.map(({ gap }) => gap)];
  return found!.ok ? ok({ findings: found!.value, packages: contents.packages, gaps }) : found!;
}

/** The canaries for an inventory, and the kinds without a canary. */
export function listCanaries({ ecosystems, systems }: Contents): {
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
