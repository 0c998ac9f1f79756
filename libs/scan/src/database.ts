import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { failed, ok, type Result, scanFailure } from '@prism-build/errors';
import type { Digest } from '@prism-build/oci';
import * as z from 'zod';
import { type ExploitData, readExploitData } from './exploitData';
import { hashOnce } from './hashOnce';

/** A vulnerability database on the disk. Stored matches identify it by digest, not by path. */
export interface Database {
  readonly directory: string;
  readonly digest: Digest;
  /** Time of creation; milliseconds since 1970. */
  readonly time: number;
}

/** Trivy's database: trivy.db and metadata.json. */
export interface TrivyDatabase extends Database {
  /** Data that lies beside it; not part of the digest, because matches do not depend on it. */
  readonly exploitation: ExploitData;
}

/** metadata.json beside trivy.db, schema 2. */
const metadata = z.object({ Version: z.literal(2), UpdatedAt: z.iso.datetime({ offset: true }) });

/**
 * Opens the database in a directory, or in its subdirectory `db` (as in Trivy's cache), and hashes it. Failures:
 * SCAN_DATABASE_MISSING, SCAN_DATABASE_INVALID.
 *
 * @param kept the directory of stored results: an unchanged database is hashed once
 */
export async function openDatabase(directory: string, kept?: string): Promise<Result<TrivyDatabase>> {
  const below = join(directory, 'db');
  const place = existsSync(join(below, 'trivy.db')) ? below : directory;
  const [data, about] = [join(place, 'trivy.db'), join(place, 'metadata.json')];
  for (const file of [data, about])
    if (!existsSync(file))
      return failed(scanFailure('SCAN_DATABASE_MISSING', { what: `there is no ${file}` }));
  const invalid = (file: string, why: string) =>
    failed(scanFailure('SCAN_DATABASE_INVALID', { what: `${file} cannot be used`, why }));
  try {
    const parsed = metadata.safeParse(JSON.parse(readFileSync(about, 'utf8')));
    if (!parsed.success) return invalid(about, z.prettifyError(parsed.error));
    if (statSync(data).size === 0) return invalid(data, 'it is empty');
    const exploitation = readExploitData(place);
    if (!exploitation.ok) return exploitation;
    return ok({
      directory: place,
      exploitation: exploitation.value,
      digest: await hashOnce(data, kept),
      time: Date.parse(parsed.data.UpdatedAt),
    });
  } catch (error) {
    return invalid(about, (error as Error).message);
  }
}
