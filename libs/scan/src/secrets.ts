import { failed, ok, type Result, scanFailure } from '@prism-build/errors';
import { gatherBlobs, readBlob } from '@prism-build/oci';
import type { Secret } from '@prism-build/policy';
import { runPool } from '@prism-build/shell';
import { keep, readKept } from './kept';
import { type LayerToScan, type LayoutSources, type ScannedPlatform, withLayers } from './layout';
import type { Once } from './once';
import type { FoundSecret, SecretScanner } from './scanner';

export interface SecretsInput extends LayoutSources {
  readonly scanner: SecretScanner;
  /** The directory of stored results. */
  readonly kept: string;
  readonly once: Once;
}

/** A file with a made-up token, added to every scan: a scanner that does not report it found nothing because it failed. */
const canary: LayerToScan = {
  kind: 'file',
  path: '.prism-canary',
  bytes: Buffer.from(`token=ghp_${'0'.repeat(36)}\n`),
};

/** Scans of one image at a time; each takes a few hundred megabytes. */
const LIMIT = 2;

/**
 * The secrets of an image: in each layer by itself, also in files that a higher layer replaces or deletes, and in its
 * configuration with ENV, labels and history. Results are stored by layer, so images with a common base scan it once.
 */
export async function findSecrets(
  input: SecretsInput,
  { config, layers }: ScannedPlatform,
): Promise<Result<readonly Secret[]>> {
  const gathered = await gatherBlobs(input, [config]);
  if (!gathered.ok) return gathered;
  const bytes = await readBlob(input.store, config.digest);
  if (!bytes.ok) return bytes;
  // Two spaces: scanners report lines.
  const text = JSON.stringify(JSON.parse(Buffer.from(bytes.value).toString()), null, 2);
  const distinct = [...new Map(layers.map((one) => [one.digest, one])).values()];
  const parts: (readonly [string, LayerToScan])[] = [
    [config.digest, { kind: 'file', path: 'config.json', bytes: Buffer.from(text) }],
    ...distinct.map((layer) => [layer.digest, { kind: 'layer', layer }] as const),
  ];
  const found = await runPool(parts, LIMIT, ([digest, part]) => scanPart(input, digest, part));
  const failures = found.flatMap((one) => (one.ok ? [] : one.failures));
  return failures.length > 0 ? failed(...failures) : ok(found.flatMap((one) => (one.ok ? one.value : [])));
}

function scanPart(
  input: SecretsInput,
  digest: string,
  part: LayerToScan,
): Promise<Result<readonly Secret[]>> {
  const { scanner, kept, once } = input;
  const key = `secrets 2 ${digest} ${scanner.identity}`;
  return once(key, async () => {
    const stored = readKept<readonly FoundSecret[]>(kept, key);
    const found = stored ? ok(stored) : await scanWithCanary(input, part);
    if (!found.ok) return found;
    if (!stored) await keep(kept, key, found.value);
    return ok(found.value.map((one) => ({ ...one, layer: digest })));
  });
}

async function scanWithCanary(
  input: SecretsInput,
  part: LayerToScan,
): Promise<Result<readonly FoundSecret[]>> {
  const found = await withLayers(input, [part, canary], input.scanner.secrets);
  if (!found.ok) return found;
  const isCanary = ({ path }: FoundSecret) => path.replace(/^\//, '') === '.prism-canary';
  if (found.value.some(isCanary)) return ok(found.value.filter((one) => !isCanary(one)));
  return failed(scanFailure('SCAN_ERROR', { what: 'the scanner did not find the secret that it must find' }));
}
