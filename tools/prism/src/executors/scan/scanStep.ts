import { join, resolve } from 'node:path';
import type { ExecutorContext } from '@nx/devkit';
import { ok, type Result } from '@prism-build/errors';
import { type Decision, decide, type ScanPolicy } from '@prism-build/policy';
import { type Database, openDatabase as readDatabase } from '@prism-build/scan';
import { directoriesOf, imageKey } from '@prism-build/workspace';
import { assessImage } from '../../scanning/assessImage';
import { type OpenScanner, openImage, scansDirectory } from '../../scanning/openImage';
import { readPolicy } from '../../scanning/readPolicy';
import type { ScanOptions } from './options';
import { printDecision } from './printDecision';

/** The result of a scan, and whether the image may be used. */
export interface ScanOutcome {
  readonly text: string;
  readonly allowed: boolean;
  /** The image that was judged; empty in a dry run, which judges none. */
  readonly digest: string;
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
export interface ScanShared {
  readonly openDatabase: OpenDatabase;
  readonly openScanner: OpenScanner;
}

/** Scans a project's image and decides at the current time. The decision is not stored. */
export async function scanStep(
  project: string,
  options: ScanOptions,
  context: ExecutorContext,
  { openDatabase, openScanner }: ScanShared,
): Promise<Result<ScanOutcome>> {
  const root = context.projectsConfigurations?.projects[project]?.root ?? '.';
  const policy = readPolicy(context.root, root, options.policy);
  if (!policy.ok) return policy;
  const scanner = await openScanner(context, policy.value);
  if (!scanner.ok) return scanner;
  const database = openDatabase(databaseDirectory(options.db, context));
  if (!database.ok) return database;
  const name = imageKey(project, options.variant);
  if (options.dryRun) {
    const plan = {
      image: name,
      scanner: scanner.value.identity,
      database: database.value,
      policy: policy.value,
    };
    return ok({ text: `${JSON.stringify(plan, null, 2)}\n`, allowed: true, digest: '' });
  }
  const opened = await openImage(project, options.variant, scanner.value, context);
  if (!opened.ok) return opened;
  const assessed = await assessImage(opened.value, scanner.value, database.value, scansDirectory(context));
  if (!assessed.ok) return assessed;
  const decision = decide(assessed.value, policy.value, Date.now());
  const text = options.json ? printJson(name, decision, policy.value) : printDecision(name, decision);
  return ok({ text, allowed: decision.verdict === 'allow', digest: opened.value.image.index.digest });
}

function databaseDirectory(named: string | undefined, { root }: ExecutorContext): string {
  const directory = named ?? process.env.PRISM_SCAN_DB;
  return directory ? resolve(root, directory) : join(directoriesOf(root, process.env).cache, 'trivy');
}

function printJson(image: string, decision: Decision, policy: ScanPolicy): string {
  return `${JSON.stringify({ version: 1, image, ...decision, policy })}\n`;
}
