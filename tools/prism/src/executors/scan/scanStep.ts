import { join, resolve } from 'node:path';
import type { ExecutorContext } from '@nx/devkit';
import { failed, ok, type Result, shellFailure } from '@prism-build/errors';
import {
  compareReports,
  decide,
  makeReport,
  parseReport,
  printPolicy,
  type ScanReport,
} from '@prism-build/policy';
import { type Database, openDatabase as readDatabase } from '@prism-build/scan';
import { readTextIfThere } from '@prism-build/shell';
import { directoriesOf, imageKey } from '@prism-build/workspace';
import { assessImage } from '../../scanning/assessImage';
import { readDeclared } from '../../scanning/declaredPorts';
import { type OpenScanner, openImage, scansDirectory } from '../../scanning/openImage';
import { readLocks } from '../../scanning/readLocks';
import { readPolicy } from '../../scanning/readPolicy';
import type { ScanOptions } from './options';
import { type Written, writeReport } from './writeReport';

/** The result of a scan, and whether the image may be used. */
export interface ScanOutcome {
  readonly text: string;
  readonly allowed: boolean;
}

/** Opens a database once for all tasks of a process: hashing a real one takes a second. */
type OpenDatabase = (directory: string) => Result<Database>;

export function openDatabases(): OpenDatabase {
  const opened = new Map<string, Result<Database>>();
  return (directory) => {
    const result = opened.get(directory) ?? readDatabase(directory);
    opened.set(directory, result);
    return result;
  };
}

/** What the scans of one process share. */
interface Shared {
  readonly openDatabase: OpenDatabase;
  readonly openScanner: OpenScanner;
  readonly written: Written;
}

/** Scans a project's image and decides at the current time. The decision is not stored. */
export async function scanStep(
  project: string,
  options: ScanOptions,
  context: ExecutorContext,
  { openDatabase, openScanner, written }: Shared,
): Promise<Result<ScanOutcome>> {
  const root = context.projectsConfigurations?.projects[project]?.root ?? '.';
  const read = await readPolicy(context.root, root, options.policy);
  if (!read.ok) return read;
  const { policy, origins, suppressionFiles } = read.value;
  const image = imageKey(project, options.variant);
  const earlier = readEarlier(context.root, options.since, image);
  if (!earlier.ok) return earlier;
  const scanner = await openScanner(context, policy);
  if (!scanner.ok) return scanner;
  const database = openDatabase(databaseDirectory(options.db, context));
  if (!database.ok) return database;
  if (options.dryRun) {
    const plan = {
      ...{ image, scanner: scanner.value.identity, database: database.value },
      ...{ policy: printPolicy(policy), sources: origins, suppressionFiles },
    };
    return ok({ text: `${JSON.stringify(plan, null, 2)}\n`, allowed: true });
  }
  const opened = await openImage(project, options.variant, scanner.value, context);
  if (!opened.ok) return opened;
  const declared = readDeclared(project, options.variant, context);
  const scans = scansDirectory(context);
  const assessed = await assessImage(opened.value, declared, scanner.value, database.value, scans);
  if (!assessed.ok) return assessed;
  const now = Date.now();
  const decision = decide(assessed.value, policy, now);
  const report = makeReport({
    ...{ image, project, policy, decision, now, assessments: assessed.value, database: database.value },
    containerfile: declared?.containerfile ?? join(root, 'Containerfile'),
    scanner: scanner.value.identity,
    locks: readLocks(project, context),
  });
  const shown = earlier.value ? compareReports(report, earlier.value) : report;
  const text = await writeReport(shown, options, context.root, written);
  return text.ok ? ok({ text: text.value, allowed: decision.verdict === 'allow' }) : text;
}

/** The report that --since names. */
function readEarlier(root: string, file: string | undefined, image: string): Result<ScanReport | undefined> {
  if (file === undefined) return ok(undefined);
  const text = readTextIfThere(resolve(root, file));
  if (text !== undefined) return parseReport(text, file, image);
  return failed(
    shellFailure('FILE_UNREADABLE', {
      what: `there is no ${file}`,
      remedy: 'Name a file that `nx scan <project> --format=json --output=<file>` wrote.',
    }),
  );
}

function databaseDirectory(named: string | undefined, { root }: ExecutorContext): string {
  const directory = named ?? process.env.PRISM_SCAN_DB;
  return directory ? resolve(root, directory) : join(directoriesOf(root, process.env).cache, 'trivy');
}
