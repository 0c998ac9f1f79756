import { join } from 'node:path';
import type { ExecutorContext } from '@nx/devkit';
import { ok, type Result } from '@prism-build/errors';
import type { BlobSources } from '@prism-build/oci';
import type { ScanPolicy } from '@prism-build/policy';
import {
  batchMatches,
  findTrivy,
  type Inventory,
  makeOnce,
  type Once,
  openTrivy,
  type ScannedImage,
  type ScannedPlatform,
  type Scanner,
  type SecretScanner,
  takeInventories,
} from '@prism-build/scan';
import { run } from '@prism-build/shell';
import { directoriesOf } from '@prism-build/workspace';
import { readVerifiedImage } from '../nx/readVerifiedImage';

/** Milliseconds for one call of the scanner. */
const TIMEOUT = 300_000;

/** The directory for scan results of a workspace; may be deleted at any time. */
export function scansDirectory({ root }: ExecutorContext): string {
  return join(directoriesOf(root, process.env).prism, 'scans');
}

/** The directory of published inventories. A variant has its own subdirectory. */
export function inventoryDirectory(root: string, project: string, variant?: string): string {
  return join(root, 'dist', 'inventory', project, variant ?? '');
}

/** The scanner of this machine, as the tasks of a process share it. */
export interface OpenedScanner {
  readonly scanner: Scanner & SecretScanner;
  readonly once: Once;
}

/** The scanner, if the policy accepts it. Failures: SCANNER_MISSING, SCANNER_REFUSED. */
export type OpenScanner = (context: ExecutorContext, policy: ScanPolicy) => Promise<Result<OpenedScanner>>;

/** Opens a scanner once for all tasks of a process with the same trusted digests. */
export function openScanners(): OpenScanner {
  const opened = new Map<string, Promise<Result<OpenedScanner>>>();
  return (context, { scanners: trusted }) => {
    const key = JSON.stringify(trusted);
    const result = opened.get(key) ?? openScanner(context, trusted);
    opened.set(key, result);
    return result;
  };
}

async function openScanner(
  context: ExecutorContext,
  trusted: readonly string[],
): Promise<Result<OpenedScanner>> {
  const { cache } = directoriesOf(context.root, process.env);
  const scanner = await openTrivy({
    run,
    binary: findTrivy(context.root, cache, process.env),
    trusted,
    scratch: join(scansDirectory(context), 'scratch'),
    kept: join(scansDirectory(context), 'kept'),
    timeout: TIMEOUT,
  });
  if (!scanner.ok) return scanner;
  return ok({ scanner: { ...scanner.value, ...batchMatches(scanner.value) }, once: makeOnce() });
}

export interface OpenedImage {
  readonly image: ScannedImage;
  readonly directory: string;
  readonly inventories: readonly Inventory[];
  /** Where the verified blobs of all layers are. */
  readonly sources: BlobSources;
  /** Fetches the layers of a platform into the store. */
  readonly fetch: (platform: ScannedPlatform) => Promise<Result<void>>;
}

/** A verified image of a project, with its inventories. */
export async function openImage(
  project: string,
  variant: string | undefined,
  { scanner, once }: OpenedScanner,
  context: ExecutorContext,
): Promise<Result<OpenedImage>> {
  const verified = await readVerifiedImage(project, variant, context);
  if (!verified.ok) return verified;
  const { image, directory, store, fetchBases } = verified.value;
  const layersOf = new Map(image.platforms.map(({ manifest, layers }) => [manifest.digest, layers]));
  const fetch = ({ manifest }: ScannedPlatform) => fetchBases(layersOf.get(manifest.digest) ?? []);
  const inventories = await takeInventories({
    image,
    fetch,
    scanner,
    once,
    store,
    imageDirs: [directory],
    scratch: join(scansDirectory(context), 'scratch'),
    kept: join(scansDirectory(context), 'kept'),
  });
  return inventories.ok
    ? ok({
        image,
        directory,
        inventories: inventories.value,
        fetch,
        sources: { store, imageDirs: [directory] },
      })
    : inventories;
}
