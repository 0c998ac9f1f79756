import { join } from 'node:path';
import type { ExecutorContext } from '@nx/devkit';
import { ok, type Result } from '@prism-build/errors';
import type { BlobSources, DigestJson } from '@prism-build/oci';
import type { ScanPolicy } from '@prism-build/policy';
import { findTrivy, type Inventory, openTrivy, type Scanner, takeInventories } from '@prism-build/scan';
import { run } from '@prism-build/shell';
import { directoriesOf, imageKey } from '@prism-build/workspace';
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

/** The scanner of this machine, if the policy accepts it. Failures: SCANNER_MISSING, SCANNER_REFUSED. */
export type OpenScanner = (context: ExecutorContext, policy: ScanPolicy) => Promise<Result<Scanner>>;

/** Opens a scanner once for all tasks of a process with the same trusted digests: its binary is hashed each time. */
export function openScanners(): OpenScanner {
  const opened = new Map<string, Promise<Result<Scanner>>>();
  return (context, { scanners: trusted }) => {
    const key = JSON.stringify(trusted);
    const result = opened.get(key) ?? openScanner(context, trusted);
    opened.set(key, result);
    return result;
  };
}

function openScanner(context: ExecutorContext, trusted: readonly string[]): Promise<Result<Scanner>> {
  const { cache } = directoriesOf(context.root, process.env);
  return openTrivy({
    run,
    binary: findTrivy(context.root, cache, process.env),
    trusted,
    scratch: join(scansDirectory(context), 'scratch'),
    timeout: TIMEOUT,
  });
}

export interface OpenedImage {
  readonly image: DigestJson;
  readonly directory: string;
  readonly inventories: readonly Inventory[];
  /** Where the verified blobs of all layers are. */
  readonly sources: BlobSources;
}

/** A verified image of a project, with its inventories. */
export async function openImage(
  project: string,
  variant: string | undefined,
  scanner: Scanner,
  context: ExecutorContext,
): Promise<Result<OpenedImage>> {
  const verified = await readVerifiedImage(project, variant, context);
  if (!verified.ok) return verified;
  const { image, directory, store, fetchBases } = verified.value;
  const fetched = await fetchBases(image.platforms.flatMap(({ layers }) => layers));
  if (!fetched.ok) return fetched;
  const inventories = await takeInventories({
    image,
    name: imageKey(project, variant),
    scanner,
    store,
    imageDirs: [directory],
    scratch: join(scansDirectory(context), 'scratch'),
    kept: join(scansDirectory(context), 'kept'),
    published: inventoryDirectory(context.root, project, variant),
  });
  return inventories.ok
    ? ok({ image, directory, inventories: inventories.value, sources: { store, imageDirs: [directory] } })
    : inventories;
}
