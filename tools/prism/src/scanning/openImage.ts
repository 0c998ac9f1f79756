import { join, resolve } from 'node:path';
import type { ExecutorContext } from '@nx/devkit';
import { ok, type Result } from '@prism-build/errors';
import type { ScanPolicy } from '@prism-build/policy';
import {
  batchMatches,
  findScanner,
  hashOnce,
  type InTurn,
  type InventoryInput,
  makeOnce,
  type Once,
  openGoDatabase,
  openGovulncheck,
  openTrivy,
  type ScannedImage,
  type Scanner,
  type SecondScanner,
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
  /** With its database; undefined if the policy names none. */
  readonly second: SecondScanner | undefined;
  readonly once: Once;
  /** Limits how many images are read at once. */
  readonly inTurn: InTurn;
}

/**
 * The scanners, if the policy accepts them. Failures: SCANNER_MISSING, SCANNER_REFUSED, SCAN_DATABASE_MISSING,
 * SCAN_DATABASE_INVALID.
 */
export type OpenScanner = (context: ExecutorContext, policy: ScanPolicy) => Promise<Result<OpenedScanner>>;

/** Opens the scanners once for all tasks of a process that trust the same digests and name the same Go database. */
export function openScanners(inTurn: InTurn): OpenScanner {
  const opened = new Map<string, Promise<Result<OpenedScanner>>>();
  return (context, policy) => {
    const key = JSON.stringify([policy.scanners, policy.govulncheck]);
    const result = opened.get(key) ?? openScanner(context, policy, inTurn);
    opened.set(key, result);
    return result;
  };
}

async function openScanner(
  context: ExecutorContext,
  { scanners: trusted, govulncheck }: ScanPolicy,
  inTurn: InTurn,
): Promise<Result<OpenedScanner>> {
  const { root } = context;
  const { cache } = directoriesOf(root, process.env);
  const binaryOf = (name: 'trivy' | 'govulncheck') => findScanner(name, root, cache, process.env);
  const shared = { run, trusted, ...scansDirectories(context), timeout: TIMEOUT };
  const scanner = await openTrivy({ ...shared, binary: binaryOf('trivy') });
  if (!scanner.ok) return scanner;
  let second: SecondScanner | undefined;
  if (govulncheck !== false) {
    const opened = await openGovulncheck({ ...shared, binary: binaryOf('govulncheck') });
    if (!opened.ok) return opened;
    const database = openGoDatabase(resolve(root, govulncheck.database));
    if (!database.ok) return database;
    second = { scanner: opened.value, database: database.value };
  }
  const batched = { ...scanner.value, ...batchMatches(scanner.value) };
  return ok({ scanner: batched, second, once: makeOnce(), inTurn });
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
