import { join } from 'node:path';
import type { ExecutorContext } from '@nx/devkit';
import { ok, type Result } from '@prism-build/errors';
import type { ScanPolicy } from '@prism-build/policy';
import {
  batchMatches,
  findTrivy,
  hashOnce,
  type InTurn,
  type InventoryInput,
  makeOnce,
  type Once,
  openTrivy,
  type ScannedImage,
  type Scanner,
  type SecretScanner,
} from '@prism-build/scan';
import { run } from '@prism-build/shell';
import { directoriesOf } from '@prism-build/workspace';
import { readVerifiedImage } from '../nx/readVerifiedImage';

/** Milliseconds for one call of the scanner. */
const TIMEOUT = 300_000;

/** The directories for scan results of a workspace; may be deleted at any time. */
export function scansDirectories({ root }: ExecutorContext): {
  readonly kept: string;
  readonly scratch: string;
} {
  const scans = join(directoriesOf(root, process.env).prism, 'scans');
  return { kept: join(scans, 'kept'), scratch: join(scans, 'scratch') };
}

/** The scanner of this machine, as the tasks of a process share it. */
export interface OpenedScanner {
  readonly scanner: Scanner & SecretScanner;
  readonly once: Once;
  /** Limits how many images are read at once. */
  readonly inTurn: InTurn;
}

/** The scanner, if the policy accepts it. Failures: SCANNER_MISSING, SCANNER_REFUSED. */
export type OpenScanner = (context: ExecutorContext, policy: ScanPolicy) => Promise<Result<OpenedScanner>>;

/** Opens a scanner once for all tasks of a process with the same trusted digests. */
export function openScanners(inTurn: InTurn): OpenScanner {
  const opened = new Map<string, Promise<Result<OpenedScanner>>>();
  return (context, { scanners: trusted }) => {
    const key = JSON.stringify(trusted);
    const result = opened.get(key) ?? openScanner(context, trusted, inTurn);
    opened.set(key, result);
    return result;
  };
}

async function openScanner(
  context: ExecutorContext,
  trusted: readonly string[],
  inTurn: InTurn,
): Promise<Result<OpenedScanner>> {
  const { cache } = directoriesOf(context.root, process.env);
  const scanner = await openTrivy({
    run,
    binary: findTrivy(context.root, cache, process.env),
    trusted,
    ...scansDirectories(context),
    timeout: TIMEOUT,
  });
  if (!scanner.ok) return scanner;
  return ok({ scanner: { ...scanner.value, ...batchMatches(scanner.value) }, once: makeOnce(), inTurn });
}

/** A verified image, and what its inventories can be made from. */
export interface OpenedImage {
  readonly image: ScannedImage;
  /** Where its configurations are. */
  readonly directory: string;
  readonly input: InventoryInput;
}

/** A project's image. All of it is verified; a layer that has not changed since is not read again. */
export async function openImage(
  project: string,
  variant: string | undefined,
  scanner: OpenedScanner,
  context: ExecutorContext,
): Promise<Result<OpenedImage>> {
  const scans = scansDirectories(context);
  const hash = (path: string) => hashOnce(path, scans.kept);
  const verified = await scanner.inTurn(() => readVerifiedImage(project, variant, context, hash));
  if (!verified.ok) return verified;
  const { image, directory, store, fetchBases } = verified.value;
  const layersOf = new Map(image.platforms.map(({ manifest, layers }) => [manifest.digest, layers]));
  const fetch: InventoryInput['fetch'] = ({ manifest }) => fetchBases(layersOf.get(manifest.digest) ?? []);
  return ok({ image, directory, input: { ...scanner, ...scans, fetch, store, imageDirs: [directory] } });
}
