import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { failed, ok, type Result, scanFailure } from '@prism-build/errors';
import type { Finding } from '@prism-build/policy';
import { attempt, type Run } from '@prism-build/shell';
import { parseBom } from '../cycloneDx';
import type { Database } from '../database';
import { hashOnce } from '../hashOnce';
import { withLayout } from '../layout';
import type { Scanner, SecretScanner } from '../scanner';
import { removeLeft, withScratch } from '../scratch';
import { surveyBom } from '../surveyBom';
import { toScanError } from '../toScanError';
import { type Argv, inventoryArgv, matchArgv, secretConfig, secretsArgv, versionArgv } from './argv';
import { type MergedBom, mergeBoms } from './mergeBoms';
import { parseReport, type Report } from './parseReport';
import { parseSecrets } from './parseSecrets';
import { checkVersion, pinned } from './versions';

/** The scanner's external dependencies. */
export interface TrivyInput {
  readonly run: Run;
  /** Path of the binary. */
  readonly binary: string;
  /** Digests of binaries that the policy trusts. */
  readonly trusted: readonly string[];
  /** An existing directory for temporary files; each run removes its own. */
  readonly scratch: string;
  /** The directory of stored results, for the digest of the binary. */
  readonly kept?: string;
  /** Milliseconds for one call. */
  readonly timeout: number;
}

/** Trivy behind the interfaces of scanners. Failures: SCANNER_MISSING, SCANNER_REFUSED. */
export async function openTrivy(input: TrivyInput): Promise<Result<Scanner & SecretScanner>> {
  const hashed = await attempt(`cannot read ${input.binary}`, () => hashOnce(input.binary, input.kept));
  if (!hashed.ok)
    return failed(
      scanFailure('SCANNER_MISSING', { what: `there is no ${input.binary}`, why: hashed.failures[0]?.why }),
    );
  await removeLeft(input.scratch, input.kept);
  const digest = hashed.value;
  const printed = digest in pinned || !input.trusted.includes(digest) ? '' : await printVersion(input);
  const version = checkVersion(input.binary, digest, printed, input.trusted);
  if (!version.ok) return version;
  return ok({
    identity: `trivy ${version.value} ${digest}`,
    name: 'trivy',
    survey: surveyBom,
    inventory: (sources, platform) =>
      withLayout(sources, platform, (layout) =>
        withScratch(input.scratch, 'trivy', (directory) => {
          const output = join(directory, 'inventory.json');
          const argv = inventoryArgv(input.binary, basename(layout), output, join(directory, 'cache'));
          return call(input, { cwd: dirname(layout), home: directory }, argv, output);
        }),
      ),
    secrets: (layout) =>
      withScratch(input.scratch, 'trivy', async (directory) => {
        const [config, output] = [join(directory, 'secret.yaml'), join(directory, 'report.json')];
        writeFileSync(config, secretConfig);
        const argv = secretsArgv(input.binary, basename(layout), config, output, join(directory, 'cache'));
        const printed = await call(input, { cwd: dirname(layout), home: directory }, argv, output);
        return printed.ok ? parseSecrets(printed.value) : printed;
      }),
    match: (inventories, database) => matchAll(input, inventories, database),
  });
}

/** Matches inventories with as few processes as possible: a start takes longer than the matching. */
async function matchAll(
  input: TrivyInput,
  inventories: readonly Uint8Array[],
  database: Database,
): Promise<Result<readonly (readonly Finding[])[]>> {
  const parsed = inventories.map((one) => parseBom(Buffer.from(one).toString(), 'the inventory'));
  const failures = parsed.flatMap((one) => (one.ok ? [] : one.failures));
  if (failures.length > 0) return failed(...failures);
  const merged = mergeBoms(parsed.flatMap((one) => (one.ok ? [one.value] : [])));
  const reports: Report[] = [];
  for (const bom of merged.boms) {
    const report = await matchOne(input, bom, database);
    if (!report.ok) return report;
    reports.push(report.value);
  }
  const found = new Map(reports.flatMap(({ findings }) => [...findings]));
  return ok(
    merged.inventories.map((packages) =>
      packages.flatMap(({ ref, path }) =>
        (found.get(ref) ?? []).map((one): Finding => ({ ...one, path: path ?? one.kind })),
      ),
    ),
  );
}

function matchOne(input: TrivyInput, { text, refs }: MergedBom, database: Database): Promise<Result<Report>> {
  return withScratch(input.scratch, 'trivy', async (directory) => {
    const [bom, output] = [join(directory, 'inventory.cdx.json'), join(directory, 'report.json')];
    writeFileSync(bom, text);
    // Trivy expects its own directory layout, and may write beside the database.
    const cache = join(directory, 'cache');
    mkdirSync(cache);
    symlinkSync(resolve(database.directory), join(cache, 'db'));
    const argv = matchArgv(input.binary, bom, output, cache);
    const printed = await call(input, { cwd: directory, home: directory }, argv, output);
    if (!printed.ok) return printed;
    const report = parseReport(printed.value);
    if (!report.ok) return report;
    // Trivy leaves out packages that it cannot read, and would not match them.
    const missing = refs.filter((ref) => !report.value.packages.has(ref));
    if (missing.length === 0) return report;
    const what = `trivy sbom matched ${refs.length - missing.length} of ${refs.length} packages`;
    return failed(scanFailure('SCAN_ERROR', { what }));
  });
}

async function printVersion({ run, binary }: TrivyInput): Promise<string> {
  const done = await run({ argv: versionArgv(binary), env: {}, timeout: 60_000 });
  return done.ok ? done.value.stdout : '';
}

async function call(
  { run, timeout }: TrivyInput,
  { cwd, home }: { readonly cwd: string; readonly home: string },
  argv: Argv,
  output: string,
): Promise<Result<string>> {
  // The complete environment: the user's TRIVY_* variables and configuration files would change results. Most runs end
  // before garbage collection pays; the limit starts it in the others.
  const env = { HOME: home, TMPDIR: home, GOGC: 'off', GOMEMLIMIT: '300MiB' };
  const done = await run({ argv, cwd, env, timeout });
  if (!done.ok) return failed(...done.failures.map(toScanError));
  const text = await attempt(`cannot read ${output}`, () => readFileSync(output, 'utf8'));
  return text.ok ? text : failed(...text.failures.map(toScanError));
}
