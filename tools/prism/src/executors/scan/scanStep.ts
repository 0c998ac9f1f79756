import { join, resolve } from 'node:path';
import type { ExecutorContext } from '@nx/devkit';
import { failed, ok, type Result, renderFailure, shellFailure } from '@prism-build/errors';
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
import { openRegistryImage, type RegistryAccess } from '../../scanning/openRegistryImage';
import { readLocks } from '../../scanning/readLocks';
import { readPolicy } from '../../scanning/readPolicy';
import { listReferences } from './listReferences';
import type { ScanOptions } from './options';
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
  /** How to reach the registries of images, where skopeo does not know by itself. */
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
  if (references.value) return scanReferences(references.value, judge);
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

/** Scans each image, also after one that fails, and ends with a list of those that may not be used. */
async function scanReferences(references: readonly string[], judge: Judge): Promise<Result<ScanOutcome>> {
  const outcomes: (ScanOutcome & { readonly name: string })[] = [];
  for (const text of references) {
    const opened = await openRegistryImage(text, judge.scanner, judge.context, judge.registry);
    const name = opened.ok ? opened.value.reference : text;
    // What a Containerfile declares now says nothing about an image that was released earlier.
    const judged = opened.ok ? await judgeImage(name, opened.value, undefined, judge) : opened;
    const failure = judged.ok ? '' : judged.failures.map((one) => `${renderFailure(one)}\n`).join('');
    const outcome = judged.ok ? judged.value : { text: `${text}: not scanned\n${failure}`, allowed: false };
    outcomes.push({ name, ...outcome });
  }
  const blocked = outcomes.filter(({ allowed }) => !allowed);
  const list = references.length > 1 && blocked.length > 0 && isTable(judge.options);
  const end = list ? `not allowed:\n${blocked.map(({ name }) => `  ${name}\n`).join('')}` : '';
  return ok({ text: outcomes.map(({ text }) => text).join('') + end, allowed: blocked.length === 0 });
}

/** Whether the terminal shows tables only; other forms are for programs. */
function isTable({ json, format, output }: ScanOptions): boolean {
  return !json && (output !== undefined || format.every((one) => one === 'table'));
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
