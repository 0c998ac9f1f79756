import { ok, type Result } from '@prism-build/errors';
import type { Finding } from '@prism-build/policy';
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
 * Matches an inventory of a scanner, and tests the database with the canaries for it. `matches` is the directory of stored
 * matches.
 */
export async function scanInventory(
  matches: string,
  scanner: Scanner,
  inventory: Uint8Array,
  database: Database,
): Promise<Result<ScannedInventory>> {
  const survey = scanner.survey(inventory);
  if (!survey.ok) return survey;
  const { packages, canaries, gaps } = survey.value;
  if (packages === 0) return ok({ findings: [], packages, gaps });
  // All at once: a scanner may match them in one process.
  const match = (text: Uint8Array) => matchOnce(matches, scanner, text, database);
  const [found, ...ofCanaries] = await Promise.all([
    match(inventory),
    ...canaries.map((canary) => match(Buffer.from(canary.inventory))),
  ]);
  // What stops the scanner stops it for all of them; one report is enough.
  const failure = [found!, ...ofCanaries].find((one) => !one.ok);
  if (failure && !failure.ok) return failure;
  const blind = canaries.filter(({ isFound }, index) => {
    const result = ofCanaries[index]!;
    return !(result.ok && isFound(result.value));
  });
  return found!.ok
    ? ok({ findings: found!.value, packages, gaps: [...gaps, ...blind.map(({ gap }) => gap)] })
    : found!;
}
