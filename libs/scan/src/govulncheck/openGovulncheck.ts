import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { all, failed, ok, type Result, scanFailure } from '@prism-build/errors';
import { gatherBlobs } from '@prism-build/oci';
import type { Finding } from '@prism-build/policy';
import { attempt, type Run } from '@prism-build/shell';
import type { Database } from '../database';
import { hashOnce } from '../hashOnce';
import type { LayoutSources, ScannedPlatform } from '../layout';
import type { Scanner } from '../scanner';
import { withScratch } from '../scratch';
import { toScanError } from '../toScanError';
import {
  type ProgramNote,
  parseExtract,
  parseInventory,
  printExtract,
  printInventory,
  surveyPrograms,
} from './inventory';
import { parseMessages } from './parseMessages';
import { readGoPrograms } from './readGoPrograms';
import { identifyGovulncheck } from './versions';

/** The scanner's external dependencies; as of `TrivyInput`. */
export interface GovulncheckInput {
  readonly run: Run;
  readonly binary: string;
  readonly trusted: readonly string[];
  readonly scratch: string;
  readonly kept?: string;
  readonly timeout: number;
}

/** govulncheck in binary mode: the Go programs of an image. Failures: SCANNER_MISSING, SCANNER_REFUSED. */
export async function openGovulncheck(input: GovulncheckInput): Promise<Result<Scanner>> {
  const { binary, kept, trusted } = input;
  const hashed = await attempt(`cannot read ${binary}`, () => hashOnce(binary, kept));
  if (!hashed.ok)
    return failed(
      scanFailure('SCANNER_MISSING', {
        what: `there is no ${binary}`,
        why: hashed.failures[0]?.why,
        remedy:
          'Run `sh node_modules/prism/install-govulncheck`, or name a binary in PRISM_GOVULNCHECK; without "govulncheck" in the scan policy, it is not needed.',
      }),
    );
  const identity = identifyGovulncheck(binary, hashed.value, trusted);
  if (!identity.ok) return identity;
  return ok({
    name: 'govulncheck',
    identity: identity.value,
    survey: surveyPrograms,
    inventory: (sources, platform) => notePrograms(input, sources, platform),
    match: async (inventories, database) => {
      const parsed = all(inventories.map(parseInventory));
      if (!parsed.ok) return parsed;
      const found: (readonly Finding[])[] = [];
      for (const programs of parsed.value) {
        const matched = await matchPrograms(input, programs, database);
        if (!matched.ok) return matched;
        found.push(matched.value);
      }
      return ok(found);
    },
  });
}

/** What govulncheck needs of each program: modules and symbols. The programs themselves are not needed again. */
async function notePrograms(
  input: GovulncheckInput,
  sources: LayoutSources,
  { layers }: ScannedPlatform,
): Promise<Result<string>> {
  const gathered = await gatherBlobs(sources, layers);
  if (!gathered.ok) return gathered;
  return withScratch(input.scratch, 'govulncheck', async (directory) => {
    const programs = await readGoPrograms(sources.store, layers, directory);
    if (!programs.ok) return programs;
    const notes: ProgramNote[] = [];
    for (const { paths, file } of programs.value) {
      const printed = await call(input, ['-mode=extract', file], directory);
      if (!printed.ok) return printed;
      const note = parseExtract(printed.value, paths);
      if (!note.ok) return note;
      notes.push(note.value);
    }
    return ok(printInventory(notes));
  });
}

async function matchPrograms(
  input: GovulncheckInput,
  programs: readonly ProgramNote[],
  database: Database,
): Promise<Result<readonly Finding[]>> {
  const found: Finding[] = [];
  for (const program of programs) {
    const matched = await withScratch(input.scratch, 'govulncheck', async (directory) => {
      const file = join(directory, 'program');
      writeFileSync(file, printExtract(program));
      const source = pathToFileURL(database.directory).href;
      const argv = ['-mode=binary', '-format=json', `-db=${source}`, file];
      const printed = await call(input, argv, directory);
      return printed.ok ? parseMessages(printed.value, program, database.time) : printed;
    });
    if (!matched.ok) return matched;
    found.push(...program.paths.flatMap((path) => matched.value.map((one) => ({ ...one, path }))));
  }
  return ok(found);
}

async function call(
  { run, binary, timeout }: GovulncheckInput,
  argv: readonly string[],
  directory: string,
): Promise<Result<string>> {
  // The complete environment. Without HOME, Go has no place for telemetry, and collects none.
  const env = { TMPDIR: directory, GOGC: 'off', GOMEMLIMIT: '300MiB' };
  const done = await run({ argv: [binary, ...argv], cwd: directory, env, timeout });
  return done.ok ? ok(done.value.stdout) : failed(...done.failures.map(toScanError));
}
