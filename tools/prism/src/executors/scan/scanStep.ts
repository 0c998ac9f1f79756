import { join, resolve } from 'node:path';
import type { ExecutorContext } from '@nx/devkit';
import { failed, ok, type Result, shellFailure } from '@prism-build/errors';
import {
  compareReports,
  decide,
  makeReport,
  parseReport,
  printPolicy,
  type ScanPolicy,
  type ScanReport,
} from '@prism-build/policy';
import {
  publishInventories,
  openDatabase as readDatabase,
  type TrivyDatabase,
  takeInventory,
} from '@prism-build/scan';
import { readTextIfThere } from '@prism-build/shell';
import { directoriesOf, imageKey } from '@prism-build/workspace';
import type { RegistryAccess } from '../../nx/openPull';
import type { AuditWriter } from '../../nx/recordAudit';
import { assessImage } from '../../scanning/assessImage';
import { type Declared, readDeclared } from '../../scanning/declaredPorts';
import {
  type OpenedImage,
  type OpenedScanner,
  type OpenScanner,
  openImage,
  scansDirectories,
} from '../../scanning/openImage';
import { readLocks } from '../../scanning/readLocks';
import { readPolicy } from '../../scanning/readPolicy';
import { listReferences } from './listReferences';
import type { ScanOptions } from './options';
import { scanReferences } from './scanReferences';
import { toAuditEntry } from './toAuditEntry';
import { type Written, writeReport } from './writeReport';

/** The result of a scan, and whether the image may be used. */
export interface ScanOutcome {
  readonly text: string;
  readonly allowed: boolean;
  /** The image that was judged; absent in a dry run, and for a list of images. */
  readonly digest?: string;
}

/** Opens a database once for all tasks of a process. */
type OpenDatabase = (directory: string, context: ExecutorContext) => Promise<Result<TrivyDatabase>>;

export function openDatabases(): OpenDatabase {
  const opened = new Map<string, Promise<Result<TrivyDatabase>>>();
  return (directory, context) => {
    const result = opened.get(directory) ?? readDatabase(directory, scansDirectories(context).kept);
    opened.set(directory, result);
    return result;
  };
}

/** What the scans of one process share. */
export interface ScanShared {
  readonly openDatabase: OpenDatabase;
  readonly openScanner: OpenScanner;
  readonly written: Written;
  /** The audit log of a workspace. */
  readonly auditOf: (root: string) => AuditWriter;
  /** How to reach the registries of images; undefined: as the options and the environment say. */
  readonly registry?: RegistryAccess;
}

/** What all images of one task are judged with. */
interface Judge {
  readonly project: string;
  /** Directory of the project. */
  readonly root: string;
  readonly options: ScanOptions;
  readonly context: ExecutorContext;
  readonly policy: ScanPolicy;
  readonly written: Written;
  readonly audit: AuditWriter;
  readonly earlier: ScanReport | undefined;
  readonly scanner: OpenedScanner;
  readonly database: TrivyDatabase;
  readonly registry: RegistryAccess | undefined;
}

/** Scans a project's image, or images of registries, and decides at the current time. No decision is stored. */
export async function scanStep(
  project: string,
  options: ScanOptions,
  context: ExecutorContext,
  { openDatabase, openScanner, written, auditOf, registry }: ScanShared,
): Promise<Result<ScanOutcome>> {
  const root = context.projectsConfigurations?.projects[project]?.root ?? '.';
  const read = await readPolicy(context.root, root, options.policy);
  if (!read.ok) return read;
  const { policy, origins, suppressionFiles } = read.value;
  const references = listReferences(context.root, options);
  if (!references.ok) return references;
  const image = imageKey(project, options.variant);
  const earlier = readEarlier(context.root, options.since, image);
  if (!earlier.ok) return earlier;
  const scanner = await openScanner(context, policy);
  if (!scanner.ok) return scanner;
  const database = await openDatabase(databaseDirectory(options.db, context), context);
  if (!database.ok) return database;
  const { second } = scanner.value;
  if (options.dryRun) {
    const plan = {
      images: references.value ?? [image],
      ...{ scanner: scanner.value.scanner.identity, database: database.value },
      ...(second && { second: { scanner: second.scanner.identity, database: second.database } }),
      ...{ policy: printPolicy(policy), sources: origins, suppressionFiles },
    };
    return ok({ text: `${JSON.stringify(plan, null, 2)}\n`, allowed: true });
  }
  const judge: Judge = {
    ...{ project, root, options, context, policy, written, audit: auditOf(context.root) },
    ...{ scanner: scanner.value, database: database.value, earlier: earlier.value, registry },
  };
  if (references.value) {
    // What a Containerfile declares now says nothing about an image that was released earlier.
    const judgeOne = (name: string, opened: OpenedImage) => judgeImage(name, opened, undefined, judge);
    return scanReferences(references.value, judge, judgeOne);
  }
  const opened = await openImage(project, options.variant, scanner.value, context);
  if (!opened.ok) return opened;
  const { input } = opened.value;
  const published = await publishInventories(
    join(context.root, 'dist', 'inventory', project, options.variant ?? ''),
    opened.value.image,
    input.scanner,
    (platform) => takeInventory(input, platform),
    image,
  );
  if (!published.ok) return published;
  return judgeImage(image, opened.value, readDeclared(project, options.variant, context), judge);
}

async function judgeImage(
  image: string,
  opened: OpenedImage,
  declared: Declared | undefined,
  judge: Judge,
): Promise<Result<ScanOutcome>> {
  const { project, root, options, context, policy, written, audit, scanner, database, earlier } = judge;
  const { second } = scanner;
  const assessed = await assessImage(opened, declared, database, second);
  if (!assessed.ok) return assessed;
  const now = Date.now();
  const decision = decide(assessed.value, policy, now);
  const { digest } = opened.image.index;
  audit.add(toAuditEntry(image, digest, decision));
  const report = makeReport({
    ...{ image, project, policy, decision, now, assessments: assessed.value, database },
    containerfile: declared?.containerfile ?? join(root, 'Containerfile'),
    scanner: scanner.scanner.identity,
    second: second && { scanner: second.scanner.identity, database: second.database },
    locks: readLocks(project, context),
  });
  const shown = earlier ? compareReports(report, earlier) : report;
  const text = await writeReport(shown, options, context.root, written);
  // Who may use the image hears of it when the decision is on record.
  const recorded = await audit.end();
  if (!recorded.ok) return recorded;
  return text.ok ? ok({ text: text.value, allowed: decision.verdict === 'allow', digest }) : text;
}

/** The report that --since names. */
function readEarlier(root: string, file: string | undefined, image: string): Result<ScanReport | undefined> {
  if (file === undefined) return ok(undefined);
  const text = readTextIfThere(resolve(root, file));
  if (text !== undefined) return parseReport(text, file, image);
  return failed(
    shellFailure('FILE_UNREADABLE', {
      what: `there is no ${file}`,
      remedy: 'Name a file that `npx nx scan <project> --format=json --output=<file>` wrote.',
    }),
  );
}

function databaseDirectory(named: string | undefined, { root }: ExecutorContext): string {
  const directory = named ?? process.env.PRISM_SCAN_DB;
  return directory ? resolve(root, directory) : join(directoriesOf(root, process.env).cache, 'trivy');
}
