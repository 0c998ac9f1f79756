import { readFile } from 'node:fs/promises';
import { all, ok, type Result } from '@prism-build/errors';
import { blobPath, type ImageSettings, isDigest, parseConfig, platformName } from '@prism-build/oci';
import type { Assessment, ImageFacts } from '@prism-build/policy';
import {
  addExploitData,
  mergeFindings,
  type PlatformScan,
  type ScannedInventory,
  type ScannedPlatform,
  type SecondScanner,
  scanBeside,
  scanPlatform,
  type TrivyDatabase,
  takeFacts,
} from '@prism-build/scan';
import { attempt } from '@prism-build/shell';
import type { Declared } from './declaredPorts';
import type { OpenedImage } from './openImage';

/** The findings for each platform of an image. For a platform that cannot be scanned: its failures. */
export async function assessImage(
  opened: OpenedImage,
  declared: Declared | undefined,
  database: TrivyDatabase,
  second: SecondScanner | undefined,
): Promise<Result<readonly Assessment[]>> {
  const { image, input } = opened;
  const assessed = await Promise.all(
    image.platforms.map(async (platform): Promise<Result<Assessment>> => {
      const scanned = await scanPlatform(input, platform, database);
      if (!scanned.ok) return scanned;
      const beside = second && (await scanBeside(input, platform, second));
      if (beside && !beside.ok) return beside;
      const facts = await readFacts(opened, platform, declared);
      if (!facts.ok) return facts;
      return ok({
        platform: platformName(platform.platform),
        digest: image.index.digest,
        manifest: platform.manifest.digest,
        facts: facts.value,
        scan: joinScans(input.scanner.name, scanned.value, database, second, beside?.value),
      });
    }),
  );
  return all(assessed);
}

/** The scans of both scanners as one. If one fails, the platform is not scanned. */
function joinScans(
  name: string,
  scan: Result<PlatformScan>,
  database: TrivyDatabase,
  second: SecondScanner | undefined,
  beside: Result<ScannedInventory> | undefined,
): Assessment['scan'] {
  if (!scan.ok) return scan;
  if (beside && !beside.ok) return beside;
  const { findings } = scan.value;
  const merged =
    second && beside
      ? mergeFindings(
          { scanner: name, findings },
          { scanner: second.scanner.name, findings: beside.value.findings },
          // govulncheck reads Go programs only.
          ({ kind }) => kind === 'gobinary',
        )
      : findings;
  return {
    ...{ ok: true, databaseTime: database.time, ...scan.value },
    ...(second && { secondDatabaseTime: second.database.time }),
    gaps: [...scan.value.gaps, ...(beside?.value.gaps ?? [])],
    findings: addExploitData(merged, database.exploitation),
  };
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
