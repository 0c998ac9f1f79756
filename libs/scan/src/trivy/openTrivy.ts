import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { type Failure, failed, ok, type Result, scanFailure } from '@prism-build/errors';
import { hashFile } from '@prism-build/oci';
import { attempt, type Run } from '@prism-build/shell';
import { parseBom, readContents } from '../cycloneDx';
import type { Scanner } from '../scanner';
import { withScratch } from '../scratch';
import { inventoryArgv, matchArgv, versionArgv } from './argv';
import { parseReport } from './parseReport';
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
  /** Milliseconds for one call. */
  readonly timeout: number;
}

/** Trivy behind the scanner interface. Failures: SCANNER_MISSING, SCANNER_REFUSED. */
export async function openTrivy(input: TrivyInput): Promise<Result<Scanner>> {
  const hashed = await attempt(`cannot read ${input.binary}`, () => hashFile(input.binary));
  if (!hashed.ok)
    return failed(
      scanFailure('SCANNER_MISSING', { what: `there is no ${input.binary}`, why: hashed.failures[0]?.why }),
    );
  const { digest } = hashed.value;
  const printed = digest in pinned || !input.trusted.includes(digest) ? '' : await printVersion(input);
  const version = checkVersion(input.binary, digest, printed, input.trusted);
  if (!version.ok) return version;
  return ok({
    identity: `trivy ${version.value} ${digest}`,
    inventory: (layout) =>
      withScratch(input.scratch, 'trivy', (directory) => {
        const output = join(directory, 'inventory.json');
        const argv = inventoryArgv(input.binary, basename(layout), output, join(directory, 'cache'));
        return call(input, { cwd: dirname(layout), home: directory }, argv, output);
      }),
    match: (inventory, database) =>
      withScratch(input.scratch, 'trivy', async (directory) => {
        const [bom, output] = [join(directory, 'inventory.cdx.json'), join(directory, 'report.json')];
        writeFileSync(bom, inventory);
        // Trivy expects its own directory layout, and may write beside the database.
        const cache = join(directory, 'cache');
        mkdirSync(cache);
        symlinkSync(resolve(database.directory), join(cache, 'db'));
        const printed = await call(
          input,
          { cwd: directory, home: directory },
          matchArgv(input.binary, bom, output, cache),
          output,
        );
        if (!printed.ok) return printed;
        const report = parseReport(printed.value);
        if (!report.ok) return report;
        const counted = checkCount(inventory, report.value.packages);
        return counted.ok ? ok(report.value.findings) : counted;
      }),
  });
}

async function printVersion({ run, binary }: TrivyInput): Promise<string> {
  const done = await run({ argv: versionArgv(binary), env: {}, timeout: 60_000 });
  return done.ok ? done.value.stdout : '';
}

/** Fails if Trivy parsed fewer packages of an inventory than it contains: it would not match the others. */
function checkCount(inventory: Uint8Array, read: number): Result<void> {
  const bom = parseBom(Buffer.from(inventory).toString(), 'the inventory');
  if (!bom.ok) return bom;
  const { packages } = readContents(bom.value);
  if (read >= packages) return ok(undefined);
  const what = `trivy sbom matched ${read} of ${packages} packages`;
  return failed(scanFailure('SCAN_ERROR', { what }));
}

async function call(
  { run, timeout }: TrivyInput,
  { cwd, home }: { readonly cwd: string; readonly home: string },
  argv: [string, ...string[]],
  output: string,
): Promise<Result<string>> {
  // The complete environment: the user's TRIVY_* variables and configuration files would change results.
  const done = await run({ argv, cwd, env: { HOME: home, TMPDIR: home, GOGC: 'off' }, timeout });
  if (!done.ok) return failed(...done.failures.map(toScanError));
  const text = await attempt(`cannot read ${output}`, () => readFileSync(output, 'utf8'));
  return text.ok ? text : failed(...text.failures.map(toScanError));
}

/** A full disk keeps its code; every other failure of the command becomes SCAN_ERROR. */
function toScanError(failure: Failure): Failure {
  if (failure.code === 'DISK_FULL') return failure;
  const { what, why } = failure;
  return scanFailure('SCAN_ERROR', { what: `the scanner failed: ${what}`, why });
}
