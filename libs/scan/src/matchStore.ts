import { ok, type Result } from '@prism-build/errors';
import { digestOf } from '@prism-build/oci';
import type { Finding } from '@prism-build/policy';
import type { Database } from './database';
import { keep, readKept } from './kept';
import type { Scanner } from './scanner';

/**
 * Matches an inventory, or returns the stored match for the same inventory, database and scanner. Only successful
 * matches are stored, never decisions.
 */
export async function matchOnce(
  directory: string,
  scanner: Scanner,
  inventory: Uint8Array,
  database: Database,
): Promise<Result<readonly Finding[]>> {
  const key = `match 3 ${digestOf(inventory)} ${database.digest} ${scanner.identity}`;
  const found = readKept<readonly Finding[]>(directory, key);
  if (found) return ok(found);
  const matched = await scanner.match([inventory], database);
  if (!matched.ok) return matched;
  const findings = matched.value[0]!;
  await keep(directory, key, findings);
  return ok(findings);
}
