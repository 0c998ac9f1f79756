import { ok, type Result } from '@prism-build/errors';
import { digestOf } from '@prism-build/oci';
import { type Finding, severities } from '@prism-build/policy';
import * as z from 'zod';
import type { Database } from './database';
import { keep, readKept } from './keptText';
import type { Scanner } from './scanner';

const stored = z.array(
  z.strictObject({
    id: z.string(),
    package: z.string(),
    installed: z.string(),
    fixed: z
      .string()
      .nullable()
      .transform((text) => text ?? undefined),
    severity: z.enum([...severities, 'UNKNOWN']),
    kind: z.string(),
    path: z.string(),
    title: z.string(),
    published: z.string().optional(),
    purl: z.string().optional(),
  }),
);

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
  const key = `match 2 ${digestOf(inventory)} ${database.digest} ${scanner.identity}`;
  const found = parse(readKept(directory, key));
  if (found) return ok(found);
  const matched = await scanner.match([inventory], database);
  if (!matched.ok) return matched;
  const findings = matched.value[0]!;
  const text = findings.map((one) => ({ ...one, fixed: one.fixed ?? null }));
  await keep(directory, key, JSON.stringify(text));
  return ok(findings);
}

function parse(text: string | undefined): readonly Finding[] | undefined {
  return text === undefined ? undefined : stored.safeParse(JSON.parse(text)).data;
}
