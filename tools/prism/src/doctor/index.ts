import type { Tree } from '@nx/devkit';
import { engineRun } from '@prism-build/builder';
import { failed, imageFailure, ok, type Result, renderFailures } from '@prism-build/errors';
import { run, writeFileAtomic } from '@prism-build/shell';
import { directoriesOf } from '@prism-build/workspace';
import { finish } from '../nx/finish';
import { parseOptions } from '../nx/parseOptions';
import { examine } from './examine';
import type { Facts } from './facts';
import type { Finding } from './finding';
import { type Fix, formatFixes, listFixes } from './fixes';
import { gatherFacts } from './gather';
import { doctorOptions } from './options';
import { formatFindings } from './report';
import { formatSettings, listSettings, mayWrite } from './settings';

/**
 * The `doctor` generator: `nx g prism:doctor [--settings] [--write] [--fix] [--json --quiet]`. Fails if something is missing
 * that loading or running images needs. Returns a function that writes and mends; Nx calls it unless the run is dry.
 */
export async function doctor(tree: Tree, value: unknown): Promise<() => Promise<void>> {
  const options = finish(parseOptions(doctorOptions, value, 'prism:doctor'));
  const directories = directoriesOf(tree.root, process.env);
  const gather = () => gatherFacts(directories, engineRun(directories), process.env);
  const facts = await gather();
  const findings = examine(facts);
  const settings = listSettings(facts);
  const text = formatSettings(settings);
  const fixes = options.fix ? listFixes(facts, findings, process.getuid?.() === 0) : [];
  if (options.json)
    process.stdout.write(`${JSON.stringify({ version: 1, findings, settings, fixes, facts })}\n`);
  else {
    process.stdout.write(formatFindings(findings, process.stdout.isTTY === true && !process.env.NO_COLOR));
    if (options.settings || options.write) process.stdout.write(`\n${facts.dropIn.path}:\n${text}`);
    if (options.fix) process.stdout.write(`\n${formatFixes(facts, fixes)}`);
  }
  const writable = options.write ? finish(checkWrite(facts)) : false;
  if (fixes.length === 0) failIfMissing(findings);
  return async () => {
    if (writable) writeFileAtomic(facts.dropIn.path, text);
    if (fixes.length === 0) return;
    for (const argv of fixes) await apply(argv);
    failIfMissing(examine(await gather()));
  };
}

function failIfMissing(findings: readonly Finding[]): void {
  const missing = findings.filter(({ verdict }) => verdict === 'missing');
  if (missing.length === 0) return;
  const words = missing.map(({ what, found }) => `${what}: ${found}`).join('; ');
  const remedy = missing[0]!.todo;
  throw new Error(renderFailures([imageFailure('SETUP_INCOMPLETE', { what: words, remedy })]));
}

/** Runs a command of `--fix`; what it prints is shown as it comes. */
async function apply(argv: Fix): Promise<void> {
  process.stdout.write(`\n$ ${argv.join(' ')}\n`);
  finish(await run({ argv, onOutput: (chunk) => process.stdout.write(chunk) }));
}

/** Settings may be written only if they override no settings of the user, and only for Podman, which reads drop-ins. */
export function checkWrite(facts: Pick<Facts, 'dropIn' | 'engine' | 'settings'>): Result<boolean> {
  const refuse = (what: string, remedy: string) =>
    failed(imageFailure('SETTINGS_NOT_WRITTEN', { what, remedy }));
  if (facts.engine?.name !== 'podman')
    return refuse('these are settings of Podman, which is not here', 'Install Podman first.');
  if (facts.settings !== undefined)
    return refuse(
      `${facts.settings} holds settings of yours, which a drop-in would override or not reach`,
      'Copy the lines that you want from --settings into it.',
    );
  if (!mayWrite(facts))
    return refuse(
      `${facts.dropIn.path} is not ours`,
      'Copy the lines that you want from --settings into it.',
    );
  return ok(true);
}
