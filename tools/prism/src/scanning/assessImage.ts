import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { failed, ok, type Result } from '@prism-build/errors';
import { blobPath, parseConfig, platformName } from '@prism-build/oci';
import type { Assessment, ImageFacts } from '@prism-build/policy';
import { type Database, type ScannedPlatform, type Scanner, scanInventory } from '@prism-build/scan';
import { attempt } from '@prism-build/shell';
import type { OpenedImage } from './openImage';

/** The findings for each platform of an image. For a platform that cannot be scanned: its failures. */
export async function assessImage(
  { image, directory, inventories }: OpenedImage,
  scanner: Scanner,
  database: Database,
  scans: string,
): Promise<Result<readonly Assessment[]>> {
  const assessed = await Promise.all(
    inventories.map(async ({ image: platform, bytes, secrets }): Promise<Result<Assessment>> => {
      const facts = await readFacts(directory, platform);
      if (!facts.ok) return facts;
      const scanned = await scanInventory(join(scans, 'kept'), scanner, bytes, database);
      return ok({
        platform: platformName(platform.platform),
        digest: image.index.digest,
        facts: facts.value,
        scan: scanned.ok ? { ok: true, databaseTime: database.time, secrets, ...scanned.value } : scanned,
      });
    }),
  );
  const failures = assessed.flatMap((one) => (one.ok ? [] : one.failures));
  return failures.length > 0
    ? failed(...failures)
    : ok(assessed.flatMap((one) => (one.ok ? [one.value] : [])));
}

async function readFacts(directory: string, { config }: ScannedPlatform): Promise<Result<ImageFacts>> {
  const bytes = await attempt(`cannot read ${config.digest}`, () =>
    readFile(blobPath(directory, config.digest)),
  );
  if (!bytes.ok) return bytes;
  const parsed = parseConfig(bytes.value, config.digest);
  if (!parsed.ok) return parsed;
  const { user = '', env = [], labels = {} } = parsed.value.settings;
  return ok({ user, env, labels });
}
