import { join, resolve } from 'node:path';
import type { ExecutorContext } from '@nx/devkit';
import { ok, type Result, renderFailure } from '@prism-build/errors';
import { type Decision, decide, type ScanPolicy } from '@prism-build/policy';
import { type Database, openDatabase as readDatabase } from '@prism-build/scan';
import { directoriesOf, imageKey } from '@prism-build/workspace';
import { assessImage } from '../../scanning/assessImage';
import type { LimitWork } from '../../scanning/limitWork';
import {
  type OpenedImage,
  type OpenedScanner,
  type OpenScanner,
  openImage,
  scansDirectory,
} from '../../scanning/openImage';
import { openRegistryImage } from '../../scanning/openRegistryImage';
import { readPolicy } from '../../scanning/readPolicy';
import { listReferences } from './listReferences';
import type { ScanOptions } from './options';
import { printDecision } from './printDecision';

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
  /** Limits how many images are read at once. */
  readonly inTurn: LimitWork;
}

/** What all images of one task are judged with. */
interface Judge {
  readonly policy: ScanPolicy;
  readonly scanner: OpenedScanner;
  readonly database: Database;
}

/** Scans a project's image, or images of registries, and decides at the current time. No decision is stored. */
export async function scanStep(
  project: string,
  options: ScanOptions,
  context: ExecutorContext,
  { openDatabase, openScanner, inTurn }: Shared,
): Promise<Result<ScanOutcome>> {
  const root = context.projectsConfigurations?.projects[project]?.root ?? '.';
  const policy = readPolicy(context.root, root, options.policy);
  if (!policy.ok) return policy;
  const references = listReferences(context.root, options);
  if (!references.ok) return references;
  const scanner = await openScanner(context, policy.value);
  if (!scanner.ok) return scanner;
  const database = openDatabase(databaseDirectory(options.db, context));
  if (!database.ok) return database;
  const judge = { policy: policy.value, scanner: scanner.value, database: database.value };
  const name = imageKey(project, options.variant);
  if (options.dryRun) {
    const { scanner: tool } = scanner.value;
    const images = references.value ?? [name];
    const plan = { images, scanner: tool.identity, database: database.value, policy: policy.value };
    return ok({ text: `${JSON.stringify(plan, null, 2)}\n`, allowed: true });
  }
  if (references.value) return scanReferences(references.value, judge, options, context);
  const opened = await inTurn(() => openImage(project, options.variant, scanner.value, context));
  return opened.ok ? judgeImage(name, opened.value, judge, options, context) : opened;
}

/** Scans each image, also after one that fails, and ends with a list of those that may not be used. */
async function scanReferences(
  references: readonly string[],
  judge: Judge,
  options: ScanOptions,
  context: ExecutorContext,
): Promise<Result<ScanOutcome>> {
  const outcomes: ScanOutcome[] = [];
  const names: string[] = [];
  for (const text of references) {
    const opened = await openRegistryImage(text, judge.scanner, context);
    const name = opened.ok ? opened.value.reference : text;
    names.push(name);
    const judged = opened.ok ? await judgeImage(name, opened.value, judge, options, context) : opened;
    const failure = judged.ok ? '' : judged.failures.map((one) => `${renderFailure(one)}\n`).join('');
    outcomes.push(judged.ok ? judged.value : { text: `${text}: not scanned\n${failure}`, allowed: false });
  }
  const blocked = names.filter((_, index) => !outcomes[index]!.allowed);
  const list = references.length > 1 && blocked.length > 0 && !options.json;
  const end = list ? `not allowed:\n${blocked.map((name) => `  ${name}\n`).join('')}` : '';
  return ok({ text: outcomes.map(({ text }) => text).join('') + end, allowed: blocked.length === 0 });
}

async function judgeImage(
  name: string,
  opened: OpenedImage,
  { policy, scanner, database }: Judge,
  { json }: ScanOptions,
  context: ExecutorContext,
): Promise<Result<ScanOutcome>> {
  const assessed = await assessImage(opened, scanner.scanner, database, scansDirectory(context));
  if (!assessed.ok) return assessed;
  const decision = decide(assessed.value, policy, Date.now());
  const text = json ? printJson(name, decision, policy) : printDecision(name, decision);
  return ok({ text, allowed: decision.verdict === 'allow' });
}

function databaseDirectory(named: string | undefined, { root }: ExecutorContext): string {
  const directory = named ?? process.env.PRISM_SCAN_DB;
  return directory ? resolve(root, directory) : join(directoriesOf(root, process.env).cache, 'trivy');
}

function printJson(image: string, decision: Decision, policy: ScanPolicy): string {
  return `${JSON.stringify({ version: 1, image, ...decision, policy })}\n`;
}
