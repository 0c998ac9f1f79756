import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { failed, ok, type Result } from '@prism-build/errors';
import { blobPath, type ImageSettings, isDigest, parseConfig, platformName } from '@prism-build/oci';
import type { Assessment, ImageFacts } from '@prism-build/policy';
import {
  addExploitData,
  type Database,
  readExploitData,
  readLicenses,
  type ScannedPlatform,
  type Scanner,
  scanInventory,
  takeFacts,
} from '@prism-build/scan';
import { attempt } from '@prism-build/shell';
import type { Declared } from './declaredPorts';
import type { OpenedImage } from './openImage';

/** The findings for each platform of an image. For a platform that cannot be scanned: its failures. */
export async function assessImage(
  opened: OpenedImage,
  declared: Declared | undefined,
  scanner: Scanner,
  database: Database,
  scans: string,
): Promise<Result<readonly Assessment[]>> {
  const { image, inventories } = opened;
  const exploitation = readExploitData(database.directory);
  if (!exploitation.ok) return exploitation;
  const kept = join(scans, 'kept');
  const assessed = await Promise.all(
    inventories.map(async ({ image: platform, bytes, secrets }): Promise<Result<Assessment>> => {
      const facts = await readFacts(opened, platform, declared, kept);
      if (!facts.ok) return facts;
      const scanned = await scanInventory(kept, scanner, bytes, database);
      const licenses = readLicenses(bytes);
      if (!licenses.ok) return licenses;
      return ok({
        platform: platformName(platform.platform),
        digest: image.index.digest,
        manifest: platform.manifest.digest,
        facts: facts.value,
        scan: scanned.ok
          ? {
              ok: true,
              databaseTime: database.time,
              secrets,
              licenses: licenses.value,
              ...scanned.value,
              findings: addExploitData(scanned.value.findings, exploitation.value),
            }
          : scanned,
      });
    }),
  );
  const failures = assessed.flatMap((one) => (one.ok ? [] : one.failures));
  return failures.length > 0
    ? failed(...failures)
    : ok(assessed.flatMap((one) => (one.ok ? [one.value] : [])));
}

async function readFacts(
  { directory, sources, fetch }: OpenedImage,
  image: ScannedPlatform,
  declared: Declared | undefined,
  kept: string,
): Promise<Result<ImageFacts>> {
  const settings = await readSettings(directory, image);
  if (!settings.ok) return settings;
  const files = await takeFacts(sources, image, kept, () => fetch(image));
  if (!files.ok) return files;
  const { user = '', env = [], labels = {}, exposedPorts = [] } = settings.value;
  const bases = image.layers.flatMap(({ origin }) =>
    origin === undefined || origin === 'own' ? [] : [origin.base],
  );
  return ok({
    ...{ user, env, labels, ports: exposedPorts, files: files.value },
    declaredPorts: declared?.portsOf(platformName(image.platform)),
    bases: [...new Set(bases)].map((name) => ({ name, pinned: isDigest(name) })),
  });
}

async function readSettings(directory: string, { config }: ScannedPlatform): Promise<Result<ImageSettings>> {
  const bytes = await attempt(`cannot read ${config.digest}`, () =>
    readFile(blobPath(directory, config.digest)),
  );
  if (!bytes.ok) return bytes;
  const parsed = parseConfig(bytes.value, config.digest);
  return parsed.ok ? ok(parsed.value.settings) : parsed;
}
