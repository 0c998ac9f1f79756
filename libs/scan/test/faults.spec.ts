import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hashFile } from '@prism-build/oci';
import { type Assessment, decide, resolvePolicy } from '@prism-build/policy';
import { run } from '@prism-build/shell';
import { openDatabase, openTrivy, type Scanner, scanInventory } from '../src';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'prism-scan-'));
  mkdirSync(join(root, 'db'));
  writeDatabase();
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function writeDatabase(
  metadata: unknown = { Version: 2, UpdatedAt: '2026-11-01T00:00:00Z' },
  data = 'bolt',
): void {
  writeFileSync(
    join(root, 'db', 'metadata.json'),
    typeof metadata === 'string' ? metadata : JSON.stringify(metadata),
  );
  writeFileSync(join(root, 'db', 'trivy.db'), data);
}

/** A scanner whose `sbom` command is a script; `$out` is where it writes, `$bom` the inventory. */
function writeTrivy(script: string, version = '0.70.0'): string {
  const path = join(root, 'trivy');
  const lines = [
    '#!/bin/sh',
    `if [ "$1" = --version ]; then echo "Version: ${version}"; exit 0; fi`,
    `echo "$1" >>${root}/calls`,
    'for one; do case $one in --output=*) out=$' + '{one#--output=};; esac; bom=$one; done',
    script,
  ];
  writeFileSync(path, `${lines.join('\n')}\n`);
  chmodSync(path, 0o755);
  return path;
}

async function open(binary: string, trusted = [hashFile(binary).digest as string]): Promise<Scanner> {
  const opened = await openTrivy({ run, binary, trusted, scratch: join(root, 'scratch'), timeout: 1000 });
  if (!opened.ok) throw new Error(`${opened.failures[0]!.code}: ${opened.failures[0]!.why}`);
  return opened.value;
}

const library = (purl: string) => ({ 'bom-ref': purl, type: 'library', name: 'n', version: '1', purl });
const bom = (...components: object[]) =>
  Buffer.from(JSON.stringify({ bomFormat: 'CycloneDX', specVersion: '1.6', components }));
const go = bom(library('pkg:golang/example.com/n@v1.0.0'));

const report = (findings: readonly object[] = [], packages = 1) =>
  JSON.stringify({
    SchemaVersion: 2,
    ArtifactType: 'cyclonedx',
    Results: [
      {
        Target: '',
        Class: 'lang-pkgs',
        Type: 'gobinary',
        Packages: Array.from({ length: packages }, (_, index) => ({
          Name: 'n',
          Identifier: { BOMRef: `package-${index}` },
        })),
        Vulnerabilities: findings,
      },
    ],
  });
const canary = {
  ...{ VulnerabilityID: 'CVE-2023-39325', PkgName: 'n', InstalledVersion: '1' },
  PkgIdentifier: { BOMRef: 'package-0' },
};
const print = (text: string) => `cat >"$out" <<'END'\n${text}\nEND`;

async function scan(script: string, inventory: Uint8Array = go) {
  const scanner = await open(writeTrivy(script));
  const database = await openDatabase(root);
  if (!database.ok) throw new Error(database.failures[0]!.code);
  return scanInventory(join(root, 'kept'), scanner, inventory, database.value);
}

/** The decision of the strictest policy, `days` after the database was made. */
function verdictOf(scanned: Awaited<ReturnType<typeof scan>>, days = 1) {
  const databaseTime = Date.parse('2026-11-01T00:00:00Z');
  const policy = resolvePolicy([]);
  if (!policy.ok) throw new Error('the default policy is invalid');
  const files = { setuid: [], worldWritable: [], shells: [], packageManagers: [], binaries: {} };
  const assessment: Assessment = {
    ...{ platform: 'linux/amd64', digest: 'sha256:0' },
    facts: { user: '1', env: [], labels: {}, ports: [], declaredPorts: undefined, bases: [], files },
    scan: scanned.ok ? { ...scanned.value, ok: true as const, databaseTime } : scanned,
  };
  return decide([assessment], policy.value.policy, databaseTime + days * 24 * 3600 * 1000);
}

describe('a scanner that fails is SCAN_ERROR', () => {
  test.each<[string, string]>([
    ['an odd status', `${print(report([canary]))}\nexit 3`],
    ['a status of findings', `${print(report([canary]))}\nexit 1`],
    ['a crash', 'kill -SEGV $$'],
    ['no output', 'exit 0'],
    ['empty output', ': >"$out"'],
    ['output cut off', print(report([canary]).slice(0, -20))],
    ['another schema', print(report([canary]).replace('"SchemaVersion":2', '"SchemaVersion":3'))],
    ['a severity nobody knows', print(report([{ ...canary, Severity: 'SEVERE' }]))],
    ['a finding without a package', print(report([{ ...canary, PkgName: undefined }]))],
    ['packages that were not matched', print(report([canary], 0))],
    ['a report of an image', print(report([canary]).replace('"cyclonedx"', '"container_image"'))],
    ['a hang', 'exec sleep 60'],
  ])('%s', async (_, script) => {
    const scanned = await scan(script);
    expect(scanned.ok || scanned.failures.map(({ code }) => code)).toEqual(['SCAN_ERROR']);
    expect(verdictOf(scanned).verdict).toBe('block');
    // No failure is kept, and no scratch stays.
    expect(readdirSync(root)).not.toContain('kept');
    expect(readdirSync(join(root, 'scratch'))).toEqual([]);
  });
});

describe('what cannot be assessed is a gap', () => {
  test.each<[string, string, Uint8Array, RegExp]>([
    ['a database without the canary', print(report()), go, /golang/],
    ['packages that no canary stands for', print(report([canary])), bom(library('pkg:swift/x/y@1')), /swift/],
    [
      'a release without advisories',
      print(report()),
      bom(library('pkg:deb/debian/zlib1g@1'), {
        'bom-ref': 'o',
        type: 'operating-system',
        name: 'debian',
        version: '12',
      }),
      /no advisories for debian 12/,
    ],
    [
      'packages of no release',
      print(report()),
      bom(library('pkg:deb/debian/zlib1g@1')),
      /does not say its release/,
    ],
  ])('%s', async (_, script, inventory, gap) => {
    const scanned = await scan(script, inventory);
    expect(scanned.ok && scanned.value.gaps.join()).toMatch(gap);
    expect(verdictOf(scanned).verdict).not.toBe('allow');
  });

  test('nothing recognised needs no scanner and has no packages', async () => {
    const scanned = await scan('exit 9', bom({ 'bom-ref': 'a', type: 'application', name: 'a' }));
    expect(scanned.ok && scanned.value.packages).toBe(0);
    expect(verdictOf(scanned).verdict).toBe('notAssessable');
  });
});

test('a finding without a severity is UNKNOWN', async () => {
  const scanned = await scan(print(report([canary])));
  expect(scanned.ok && scanned.value.findings[0]!.severity).toBe('UNKNOWN');
});

describe('matches are kept', () => {
  const again = async (script = print(report([canary]))) => {
    rmSync(join(root, 'calls'), { force: true });
    await scan(script);
    return readdirSync(root).includes('calls');
  };

  test('for the same inventory, database and scanner', async () => {
    expect(await again()).toBe(true);
    expect(await again()).toBe(false);
    writeDatabase(undefined, 'newer');
    expect(await again()).toBe(true);
    expect(await again(`${print(report([canary]))}\n# another`)).toBe(true);
  });

  test.each(['', '{}', 'null', '{"version":2,"key":"x","sum":"y","text":"[]"}'])(
    'not if altered to %j',
    async (text) => {
      await again();
      const [first, second] = readdirSync(join(root, 'kept'));
      for (const file of [first!, second!]) writeFileSync(join(root, 'kept', file), text);
      expect(await again()).toBe(true);
    },
  );
});

test.each([8, 400, -2, Number.NaN])('a database of %p days blocks a scan without findings', async (days) => {
  const scanned = await scan(print(report([canary])), bom(library('pkg:golang/example.com/other@v1.0.0')));
  const clean = scanned.ok ? { ...scanned, value: { ...scanned.value, findings: [] } } : scanned;
  expect(verdictOf(clean).verdict).toBe('allow');
  expect(verdictOf(clean, days).verdict).toBe('notAssessable');
});

describe('a database is refused', () => {
  test.each<[string, () => void, string]>([
    ['none', () => rmSync(join(root, 'db'), { recursive: true }), 'SCAN_DATABASE_MISSING'],
    ['without metadata', () => rmSync(join(root, 'db', 'metadata.json')), 'SCAN_DATABASE_MISSING'],
    ['empty', () => writeDatabase(undefined, ''), 'SCAN_DATABASE_INVALID'],
    [
      'another schema',
      () => writeDatabase({ Version: 3, UpdatedAt: '2026-11-01T00:00:00Z' }),
      'SCAN_DATABASE_INVALID',
    ],
    ['no time', () => writeDatabase({ Version: 2 }), 'SCAN_DATABASE_INVALID'],
    ['metadata cut off', () => writeDatabase('{"Version":2,'), 'SCAN_DATABASE_INVALID'],
  ])('%s', async (_, change, code) => {
    change();
    const opened = await openDatabase(root);
    expect(opened.ok || opened.failures[0]!.code).toBe(code);
  });
});

describe('a binary is refused', () => {
  test('if its digest is not trusted', async () => {
    await expect(open(writeTrivy(''), [])).rejects.toThrow(/SCANNER_REFUSED: its digest/);
  });
  test.each(['0.69.4', '0.69.5', '0.67.9', 'dev'])(
    'if it is version %s, even if trusted',
    async (version) => {
      await expect(open(writeTrivy('', version))).rejects.toThrow(/SCANNER_REFUSED/);
    },
  );
  test('if there is none', async () => {
    await expect(open(join(root, 'none'), ['x'])).rejects.toThrow(/SCANNER_MISSING|ENOENT/);
  });
});
