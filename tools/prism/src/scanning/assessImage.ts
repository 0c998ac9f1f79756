import { readFile } from 'node:fs/promises';
import { all, ok, type Result } from '@prism-build/errors';
import { blobPath, type ImageSettings, isDigest, parseConfig, platformName } from '@prism-build/oci';
import type { Assessment, ImageFacts } from '@prism-build/policy';
import {
  addExploitData,
  type Database,
  type ScannedPlatform,
  scanPlatform,
  takeFacts,
} from '@prism-build/scan';
import { attempt } from '@prism-build/shell';
import type { Declared } from './declaredPorts';
import type { OpenedImage } from './openImage';

/** The findings for each platform of an image. For a platform that cannot be scanned: its failures. */
export async function assessImage(
  opened: OpenedImage,
  declared: Declared | undefined,
  database: Database,
): Promise<Result<readonly Assessment[]>> {
  const { image, input } = opened;
  const assessed = await Promise.all(
    image.platforms.map(async (platform): Promise<Result<Assessment>> => {
      const scanned = await scanPlatform(input, platform, database);
      if (!scanned.ok) return scanned;
      const facts = await readFacts(opened, platform, declared);
      if (!facts.ok) return facts;
      const scan = scanned.value;
      return ok({
        platform: platformName(platform.platform),
        digest: image.index.digest,
        manifest: platform.manifest.digest,
        facts: facts.value,
        scan: scan.ok
          ? {
              ok: true,
              databaseTime: database.time,
              ...scan.value,
              findings: addExploitData(scan.value.findings, database.exploitation),
            }
          : scan,
      });
    }),
  );
  return all(assessed);
}

async function readFacts(
  { directory, input }: OpenedImage,
  image: ScannedPlatform,
  declared: Declared | undefined,
): Promise<Result<ImageFacts>> {
  const settings = await readSettings(directory, image);
  if (!settings.ok) return settings;
  const files = await takeFacts(input, image);
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
