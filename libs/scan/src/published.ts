import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { failed, ok, type Result, scanFailure } from '@prism-build/errors';
import { canonicalJson, digestOf, platformName } from '@prism-build/oci';
import { attempt, writeFileAtomic } from '@prism-build/shell';
import * as z from 'zod';
import { type Content, type Inventory, NAME, secret } from './content';
import { renameBom } from './cycloneDx';
import { inventoryFormat } from './inventoryKey';
import type { ScannedImage } from './layout';
import type { Scanner } from './scanner';

const file = z.strictObject({ file: z.string().regex(/^[\w.-]+$/), digest: z.string() });

const list = z.strictObject({
  schemaVersion: z.literal(1),
  format: z.literal(inventoryFormat),
  scanner: z.string(),
  image: z.string(),
  platforms: z.array(file.extend({ platform: z.string(), manifest: z.string(), secrets: file })),
});

/** Published inventories by manifest. They may come from a cache, so their digests are verified; mismatches are ignored. */
export function readPublished(
  directory: string,
  scanner: Pick<Scanner, 'identity'>,
  image: ScannedImage,
): ReadonlyMap<string, Content> {
  const read = (one: z.infer<typeof file>) => {
    const bytes = readFileSync(join(directory, one.file));
    return digestOf(bytes) === one.digest ? bytes.toString() : undefined;
  };
  try {
    const { platforms, ...about } = list.parse(
      JSON.parse(readFileSync(join(directory, 'inventory.json'), 'utf8')),
    );
    if (about.scanner !== scanner.identity || about.image !== image.index.digest) return new Map();
    const found = platforms.flatMap((one) => {
      const [bom, text] = [read(one), read(one.secrets)];
      const secrets = z.array(secret).safeParse(JSON.parse(text ?? 'null'));
      return bom && secrets.success
        ? [[one.manifest, { bom: renameBom(bom, NAME), secrets: secrets.data }] as const]
        : [];
    });
    return new Map(found);
  } catch {
    return new Map();
  }
}

/**
 * Writes `<os>-<arch>.cdx.json` and `<os>-<arch>.secrets.json` for each platform, then `inventory.json`, which lists
 * them with their digests. `name` is the name of the image in them. Returns the file names.
 */
export async function publishInventories(
  directory: string,
  { index }: ScannedImage,
  { identity }: Pick<Scanner, 'identity'>,
  inventories: readonly Inventory[],
  name: string,
): Promise<Result<readonly string[]>> {
  if (inventories.length === 0)
    return failed(scanFailure('SCAN_ERROR', { what: 'the image has no platform' }));
  const files = inventories.map(({ image, bytes, secrets }) => {
    const platform = platformName(image.platform);
    const stem = platform.replaceAll('/', '-');
    const texts = {
      bom: Buffer.from(renameBom(Buffer.from(bytes).toString(), name)),
      secrets: Buffer.from(`${canonicalJson(secrets as never, 2)}\n`),
    };
    const [bom, other] = [`${stem}.cdx.json`, `${stem}.secrets.json`];
    const entry = {
      ...{ platform, manifest: image.manifest.digest, file: bom, digest: digestOf(texts.bom) },
      secrets: { file: other, digest: digestOf(texts.secrets) },
    };
    return { entry, written: [[bom, texts.bom] as const, [other, texts.secrets] as const] };
  });
  const platforms = files.map(({ entry }) => entry);
  const about = {
    schemaVersion: 1,
    format: inventoryFormat,
    scanner: identity,
    image: index.digest,
    platforms,
  };
  const written = await attempt(`cannot write ${directory}`, () => {
    mkdirSync(directory, { recursive: true });
    for (const [path, bytes] of files.flatMap((one) => one.written))
      writeFileAtomic(join(directory, path), bytes);
    writeFileAtomic(join(directory, 'inventory.json'), `${canonicalJson(about, 2)}\n`);
  });
  return written.ok
    ? ok(files.flatMap((one) => one.written.map(([path]) => path)))
    : failed(...written.failures);
}
