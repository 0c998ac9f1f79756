import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hashFile } from '@prism-build/oci';
import { run } from '@prism-build/shell';
import { describeWith, mounts } from '../../../test/support/needs';
import { openDatabase, openTrivy, scanInventory } from '../src';

/** The fake Trivy of these tests: reports the canary; adds a line to `calls`. */
const report = JSON.stringify({
  SchemaVersion: 2,
  ArtifactType: 'cyclonedx',
  Results: [
    {
      Type: 'gobinary',
      Class: 'lang-pkgs',
      Packages: [{ Identifier: { BOMRef: 'package-0' } }],
      Vulnerabilities: [
        {
          ...{ VulnerabilityID: 'CVE-2023-39325', PkgName: 'n', InstalledVersion: '1', Severity: 'LOW' },
          PkgIdentifier: { BOMRef: 'package-0' },
        },
      ],
    },
  ],
});
const inventory = Buffer.from(
  JSON.stringify({
    ...{ bomFormat: 'CycloneDX', specVersion: '1.6' },
    components: [{ 'bom-ref': 'n', type: 'library', name: 'n', version: '1', purl: 'pkg:golang/n@1' }],
  }),
);

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'prism-interrupted-'));
  writeFileSync(join(root, 'trivy.db'), 'bolt');
  writeFileSync(join(root, 'metadata.json'), '{"Version":2,"UpdatedAt":"2026-11-01T00:00:00Z"}');
  const lines = [
    '#!/bin/sh',
    'if [ "$1" = --version ]; then echo "Version: 0.70.0"; exit 0; fi',
    `echo call >>${root}/calls`,
    'for one; do case $one in --output=*) out=$' + '{one#--output=};; esac; done',
    `cat >"$out" <<'END'\n${report}\nEND`,
  ];
  writeFileSync(join(root, 'trivy'), `${lines.join('\n')}\n`);
  chmodSync(join(root, 'trivy'), 0o755);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** A scan with directories of its own choice: its codes, or its findings. */
async function scan(kept = join(root, 'kept'), scratch = join(root, 'scratch')): Promise<string[]> {
  const binary = join(root, 'trivy');
  const trusted = [hashFile(binary).digest as string];
  const opened = await openTrivy({ run, binary, trusted, scratch, timeout: 20_000 });
  const database = await openDatabase(root);
  if (!opened.ok || !database.ok) throw new Error('not opened');
  const scanned = await scanInventory(kept, opened.value, inventory, database.value);
  if (!scanned.ok) return scanned.failures.map(({ code }) => code);
  return [...scanned.value.findings.map(({ id }) => id), ...scanned.value.gaps];
}

const countCalls = () => readFileSync(join(root, 'calls'), 'utf8').trim().split('\n').length;
const right = ['CVE-2023-39325'];

test('a stored result that is cut off anywhere is not used', async () => {
  expect(await scan()).toEqual(right);
  const files = readdirSync(join(root, 'kept')).map((name) => join(root, 'kept', name));
  const before = countCalls();
  expect(await scan()).toEqual(right);
  expect(countCalls()).toBe(before);
  const texts = files.map((file) => readFileSync(file));
  for (const part of [0, 0.3, 0.9, 0.999]) {
    for (const [index, file] of files.entries())
      writeFileSync(file, texts[index]!.subarray(0, texts[index]!.length * part));
    const calls = countCalls();
    expect(await scan()).toEqual(right);
    expect(countCalls()).toBe(calls + files.length);
  }
});

test('what a killed scan left in the scratch directory does not matter', async () => {
  mkdirSync(join(root, 'scratch', 'trivy-left'), { recursive: true });
  writeFileSync(join(root, 'scratch', 'trivy-left', 'report.json'), 'half');
  mkdirSync(join(root, 'kept'));
  writeFileSync(join(root, 'kept', 'x.json.1234.tmp'), '{"version":1,');
  expect(await scan()).toEqual(right);
});

test('scans at once have the same result', async () => {
  expect(await Promise.all([scan(), scan(), scan()])).toEqual([right, right, right]);
  const calls = countCalls();
  expect(await scan()).toEqual(right);
  expect(countCalls()).toBe(calls);
});

test('a directory of stored results that is not writable makes no difference', async () => {
  // A file in its place: permissions do not bind root.
  writeFileSync(join(root, 'kept'), '');
  expect(await scan()).toEqual(right);
  expect(await scan()).toEqual(right);
});

describeWith([mounts()], 'a full disk', () => {
  let small: string;
  beforeEach(() => {
    small = join(root, 'small');
    mkdirSync(small);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'none', small]);
    writeFileSync(join(small, 'filler'), Buffer.alloc(64 * 1024));
  });
  afterEach(() => execFileSync('umount', [small]));

  test('fails the scan, and the next one is right', async () => {
    const codes = await scan(join(small, 'kept'), join(small, 'scratch'));
    expect(['SCAN_ERROR', 'DISK_FULL']).toContain(codes[0]);
    rmSync(join(small, 'filler'));
    expect(await scan(join(small, 'kept'), join(small, 'scratch'))).toEqual(right);
  });

  test('of stored results makes no difference', async () => {
    expect(await scan(join(small, 'kept'))).toEqual(right);
  });
});
