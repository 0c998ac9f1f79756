import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ok, type Result } from '@prism-build/errors';
import {
  blobPath,
  type ImageSettings,
  isDigest,
  type PlatformImage,
  parseConfig,
  platformName,
} from '@prism-build/oci';
import type { Assessment, ImageFacts } from '@prism-build/policy';
import {
  addExploitData,
  type Database,
  readExploitData,
  readLicenses,
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
  const assessments: Assessment[] = [];
  for (const { image: platform, bytes } of inventories) {
    const facts = await readFacts(opened, platform, declared, kept);
    if (!facts.ok) return facts;
    const scanned = await scanInventory(kept, scanner, bytes, database);
    const licenses = readLicenses(bytes);
    if (!licenses.ok) return licenses;
    assessments.push({
      platform: platformName(platform.platform),
      digest: image.index.digest,
      manifest: platform.manifest.digest,
      facts: facts.value,
      scan: scanned.ok
        ? {
            ok: true,
            databaseTime: database.time,
            licenses: licenses.value,
            ...scanned.value,
            findings: addExploitData(scanned.value.findings, exploitation.value),
          }
        : scanned,
    });
  }
  return ok(assessments);
}

async function readFacts(
  { directory, sources }: OpenedImage,
  image: PlatformImage,
  declared: Declared | undefined,
  kept: string,
): Promise<Result<ImageFacts>> {
  const settings = await readSettings(directory, image);
  if (!settings.ok) return settings;
  const files = await takeFacts(sources, image, kept);
  if (!files.ok) return files;
  const { user = '', env = [], labels = {}, exposedPorts = [] } = settings.value;
  const bases = image.layers.flatMap(({ origin }) => (origin === 'own' ? [] : [origin.base]));
  return ok({
    ...{ user, env, labels, ports: exposedPorts, files: files.value },
    declaredPorts: declared?.portsOf(platformName(image.platform)),
    bases: [...new Set(bases)].map((name) => ({ name, pinned: isDigest(name) })),
  });
}

async function readSettings(directory: string, { config }: PlatformImage): Promise<Result<ImageSettings>> {
  const bytes = await attempt(`cannot read ${config.digest}`, () =>
    readFile(blobPath(directory, config.digest)),
  );
  if (!bytes.ok) return bytes;
  const parsed = parseConfig(bytes.value, config.digest);
  return parsed.ok ? ok(parsed.value.settings) : parsed;
}
