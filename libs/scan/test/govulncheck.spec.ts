import { chmodSync, cpSync, mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hashFile } from '@prism-build/oci';
import type { Finding } from '@prism-build/policy';
import { run } from '@prism-build/shell';
import * as fc from 'fast-check';
import { goDatabase } from '../../../test/support/govulncheck';
import { mergeFindings, openGoDatabase, openGovulncheck, scanInventory } from '../src';
import { parseExtract, parseInventory, printInventory, surveyPrograms } from '../src/govulncheck/inventory';
import { parseMessages } from '../src/govulncheck/parseMessages';

const time = Date.parse('2026-11-05T23:49:57Z');
const header = { name: 'govulncheck-extract', version: '0.1.0' } as const;
const text = { Path: 'golang.org/x/text', Version: 'v0.3.6' };
const note = (change: object = {}) => ({
  ...{ paths: ['app'], header },
  body: { goVersion: 'go1.26.8', modules: [text], pkgSymbols: [{ name: 'main' }], ...change },
});

const config = {
  ...{ protocol_version: 'v1.0.0', scanner_name: 'govulncheck', scanner_version: 'v1.1.4' },
  ...{ db_last_modified: '2026-11-05T23:49:57Z', scan_level: 'symbol', scan_mode: 'binary' },
};
const modules = [
  { path: 'golang.org/x/text', version: 'v0.3.6' },
  { path: 'stdlib', version: 'go1.26.8' },
];
const imports = [{ path: 'golang.org/x/text/language', symbols: ['Parse'] }];
const affected = (list: object = { imports }) => [
  { package: { name: 'golang.org/x/text' }, ecosystem_specific: list },
];
const osv = {
  ...{ id: 'GO-1-1', aliases: ['GHSA-1', 'CVE-1'], summary: 'A panic', affected: affected() },
  published: '2021-10-06T17:51:21Z',
};
const frame = { module: 'golang.org/x/text', version: 'v0.3.6' };
const found = (change: object = {}) => ({
  finding: { osv: 'GO-1-1', fixed_version: 'v0.3.7', trace: [{ ...frame, ...change }] },
});
const call = (name: string, receiver = '') =>
  found({ package: 'golang.org/x/text/language', function: name, ...(receiver && { receiver }) });
/** As govulncheck prints messages. */
const print = (...messages: object[]) =>
  messages.map((one) => `${JSON.stringify(one, undefined, 2)}\n`).join('');
const start = [{ config }, { progress: { message: 'x' } }, { SBOM: { modules } }];

const common = {
  ...{ id: 'CVE-1', aliases: ['GHSA-1', 'GO-1-1'], package: 'golang.org/x/text', installed: 'v0.3.6' },
  ...{ fixed: '0.3.7', severity: 'UNKNOWN', kind: 'gobinary', title: 'A panic' },
  ...{ purl: 'pkg:golang/golang.org/x/text@v0.3.6', published: '2021-10-06T17:51:21Z' },
};

describe('messages', () => {
  test.each<[string, object[], object, object]>([
    [
      'called functions',
      [{ osv }, found(), call('Parse'), call('Match', '*Tag'), call('Parse')],
      note(),
      {
        state: 'called',
        symbols: ['golang.org/x/text/language.Parse', 'golang.org/x/text/language.Tag.Match'],
      },
    ],
    [
      'a package without its function',
      [{ osv }, found(), found({ package: 'a' })],
      note(),
      { state: 'notCalled' },
    ],
    ['a module only', [{ osv }, found()], note(), { state: 'notCalled' }],
    [
      'a stripped program, of which govulncheck reports all functions',
      [{ osv }, found(), call('Parse')],
      note({ pkgSymbols: undefined }),
      { state: 'unknown', why: 'the program is stripped' },
    ],
    [
      'an advisory about all of a module',
      [{ osv: { ...osv, affected: affected({}) } }, found()],
      note(),
      { state: 'unknown', why: 'the advisory does not name the vulnerable code' },
    ],
  ])('%s', (_, messages, program, reachability) => {
    const parsed = parseMessages(print(...start, ...messages), program as never, time);
    expect(parsed).toEqual({ ok: true, value: [{ ...common, reachability }] });
  });

  test.each<[string, string]>([
    ['nothing', ''],
    ['no JSON', 'govulncheck: loading'],
    ['cut off', print(...start, { osv }, found()).slice(0, -9)],
    ['no configuration', print({ SBOM: { modules } })],
    ['no list of modules', print({ config })],
    ['another protocol', print({ config: { ...config, protocol_version: 'v2.0.0' } }, ...start.slice(1))],
    ['another mode', print({ config: { ...config, scan_mode: 'source' } }, ...start.slice(1))],
    ['another level', print({ config: { ...config, scan_level: 'module' } }, ...start.slice(1))],
    [
      'another database',
      print({ config: { ...config, db_last_modified: '2026-11-04T00:00:00Z' } }, ...start.slice(1)),
    ],
    ['a module that was not matched', print({ config }, { SBOM: { modules: modules.slice(1) } })],
    ['a finding without its advisory', print(...start, found())],
    ['a message nobody knows', print(...start, { surprise: {} })],
  ])('%s is SCAN_ERROR', (_, output) => {
    const parsed = parseMessages(output, note() as never, time);
    expect(parsed.ok || parsed.failures.map(({ code }) => code)).toEqual(['SCAN_ERROR']);
  });
});

test('an inventory keeps everything that govulncheck noted', () => {
  const body = { path: 'x', goVersion: 'go1.26.8', goos: 'linux', pkgSymbols: [{ pkg: 'a', name: 'b' }] };
  const parsed = parseExtract(`${JSON.stringify(header)}\n${JSON.stringify(body)}\n`, ['app', 'link']);
  if (!parsed.ok) throw new Error(parsed.failures[0]!.why);
  expect(parseInventory(Buffer.from(printInventory([parsed.value])))).toEqual({
    ok: true,
    value: [{ paths: ['app', 'link'], header, body }],
  });
  for (const odd of ['', 'x', JSON.stringify(header), `${JSON.stringify(header)}\n{}`, '{}\n{}\n'])
    expect(parseExtract(odd, ['app']).ok).toBe(false);
});

test.each([['go1.17.3'], ['devel +abc'], ['']])('a program of %j is a gap', (goVersion) => {
  const survey = surveyPrograms(
    Buffer.from(JSON.stringify({ programs: [note({ goVersion: goVersion || 'x' })] })),
  );
  expect(survey.ok && survey.value.gaps.join()).toContain('cannot judge /app');
});

describe('with a scanner and a database', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'prism-second-'));
    cpSync(goDatabase, join(root, 'db'), { recursive: true });
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));
  const write = (name: string, value: unknown) =>
    writeFileSync(join(root, 'db', name), JSON.stringify(value));

  async function scan(script: string) {
    const binary = join(root, 'govulncheck');
    writeFileSync(binary, `#!/bin/sh\n${script}\n`);
    chmodSync(binary, 0o755);
    const trusted = [hashFile(binary).digest];
    const input = { run, binary, trusted, scratch: join(root, 'scratch'), timeout: 500 };
    const opened = await openGovulncheck(input);
    const database = openGoDatabase(join(root, 'db'));
    if (!opened.ok || !database.ok) throw new Error('not opened');
    const inventory = Buffer.from(printInventory([note() as never]));
    return scanInventory(join(root, 'kept'), opened.value, inventory, database.value);
  }

  test.each<[string, string]>([
    ['an odd status', `cat <<'END'\n${print(...start)}END\nexit 3`],
    ['a crash', 'kill -SEGV $$'],
    ['no output', 'exit 0'],
    ['other output', 'echo No vulnerabilities found.'],
    ['a hang', 'exec sleep 60'],
  ])('%s is SCAN_ERROR, and nothing is stored', async (_, script) => {
    const scanned = await scan(script);
    expect(scanned.ok || scanned.failures.map(({ code }) => code)).toEqual(['SCAN_ERROR']);
    expect(readdirSync(root)).not.toContain('kept');
    expect(readdirSync(join(root, 'scratch'))).toEqual([]);
  });

  test('a binary that is missing or not trusted is refused', async () => {
    const input = { run, trusted: [], scratch: join(root, 'scratch'), timeout: 500 };
    const codeOf = async (binary: string) => {
      const opened = await openGovulncheck({ ...input, binary });
      return opened.ok || opened.failures.map(({ code }) => code);
    };
    expect(await codeOf(join(root, 'none'))).toEqual(['SCANNER_MISSING']);
    expect(await codeOf('/bin/true')).toEqual(['SCANNER_REFUSED']);
  });

  test.each<[string, () => void, string]>([
    ['none', () => rmSync(join(root, 'db'), { recursive: true }), 'SCAN_DATABASE_MISSING'],
    ['no index', () => rmSync(join(root, 'db/index'), { recursive: true }), 'SCAN_DATABASE_MISSING'],
    ['no time', () => rmSync(join(root, 'db/index/db.json')), 'SCAN_DATABASE_INVALID'],
    ['another time', () => write('index/db.json', { modified: 'today' }), 'SCAN_DATABASE_INVALID'],
    ['no modules', () => write('index/modules.json', []), 'SCAN_DATABASE_INVALID'],
    ['no advisories', () => write('index/vulns.json', []), 'SCAN_DATABASE_INVALID'],
    ['a missing advisory', () => rmSync(join(root, 'db/ID/GO-2022-1059.json')), 'SCAN_DATABASE_INVALID'],
    [
      'a cut off advisory',
      () => truncateSync(join(root, 'db/ID/GO-2022-1059.json'), 99),
      'SCAN_DATABASE_INVALID',
    ],
    ['a cut off index', () => truncateSync(join(root, 'db/index/modules.json'), 99), 'SCAN_DATABASE_INVALID'],
    [
      'an advisory in place of another',
      () => cpSync(join(goDatabase, 'ID/GO-2021-0113.json'), join(root, 'db/ID/GO-2022-1059.json')),
      'SCAN_DATABASE_INVALID',
    ],
    [
      'an index of modules without an advisory',
      () => write('index/modules.json', [{ path: 'stdlib', vulns: [{ id: 'GO-2023-2102' }] }]),
      'SCAN_DATABASE_INVALID',
    ],
  ])('a database is refused: %s', (_, change, code) => {
    change();
    const opened = openGoDatabase(join(root, 'db'));
    expect(opened.ok || opened.failures.map((one) => one.code)).toEqual([code]);
  });

  test('the digest of a database changes with each of its files', () => {
    const digest = () => {
      const opened = openGoDatabase(join(root, 'db'));
      return opened.ok ? opened.value.digest : undefined;
    };
    const before = digest();
    expect(digest()).toBe(before);
    write('index/db.json', { modified: '2026-11-06T00:00:00Z' });
    expect(digest()).not.toBe(before);
  });
});

describe('merging', () => {
  const names = fc.constantFrom('CVE-1', 'CVE-2', 'GHSA-1', 'GO-1', 'GO-2');
  const reachability = fc.constantFrom<Finding['reachability'][]>(
    { state: 'called', symbols: ['f'] },
    { state: 'notCalled' },
    { state: 'unknown', why: 'stripped' },
  );
  const finding = (second: boolean): fc.Arbitrary<Finding> =>
    fc.record({
      ...{ id: names, aliases: fc.uniqueArray(names, { maxLength: 2 }), installed: fc.constant('v1') },
      ...{ package: fc.constantFrom('a', 'b'), path: fc.constantFrom('x', 'y'), title: fc.constant('') },
      ...{ fixed: fc.constantFrom('2', undefined), kind: fc.constantFrom('gobinary', 'debian') },
      severity: fc.constantFrom('LOW', 'HIGH', 'UNKNOWN'),
      ...(second && { kind: fc.constant('gobinary'), reachability }),
    });
  const namesOf = ({ id, aliases = [] }: Finding) => [id, ...aliases];
  const isGo = ({ kind }: Finding) => kind === 'gobinary';

  test('loses no finding and no name, and hides nothing that the first scanner knows', () => {
    fc.assert(
      fc.property(fc.array(finding(false)), fc.array(finding(true)), (first, second) => {
        const merged = mergeFindings(
          { scanner: 'trivy', findings: first },
          { scanner: 'govulncheck', findings: second },
          isGo,
        );
        const covers = (one: Finding, other: Finding) =>
          one.package === other.package &&
          one.path === other.path &&
          namesOf(other).every((name) => namesOf(one).includes(name));
        for (const [at, one] of first.entries()) {
          const { severity, fixed = merged[at]!.fixed } = one;
          expect(merged[at]).toMatchObject({ id: one.id, kind: one.kind, severity });
          expect(merged[at]!.fixed).toBe(fixed);
          expect(covers(merged[at]!, one)).toBe(true);
        }
        for (const one of second) {
          const same = merged.filter((other) => isGo(other) && covers(other, one));
          expect(same.length).toBeGreaterThan(0);
          // Not called only if every advisory about it says so.
          if (one.reachability?.state !== 'notCalled')
            for (const other of same.filter(({ scanners }) => scanners?.includes('trivy')))
              expect(other.reachability?.state).not.toBe('notCalled');
        }
        for (const one of merged) if (!isGo(one)) expect(first).toContain(one);
      }),
    );
  });

  test('a finding of one scanner says so', () => {
    const one = { id: 'CVE-1', package: 'a', installed: 'v1', fixed: undefined, path: 'x', title: '' };
    const go: Finding = { ...one, severity: 'HIGH', kind: 'gobinary' };
    const other: Finding = { ...go, id: 'CVE-2', reachability: { state: 'notCalled' } };
    expect(
      mergeFindings(
        { scanner: 'trivy', findings: [go] },
        { scanner: 'govulncheck', findings: [other] },
        isGo,
      ),
    ).toEqual([
      {
        ...{ ...go, scanners: ['trivy'] },
        reachability: { state: 'unknown', why: 'govulncheck does not report it' },
      },
      { ...other, scanners: ['govulncheck'] },
    ]);
  });

  test('a severity belongs to the advisory, not to the place', () => {
    const one = { package: 'a', installed: 'v1', fixed: undefined, title: '', kind: 'gobinary' };
    const known: Finding = { ...one, id: 'CVE-1', path: 'x', severity: 'LOW' };
    const link: Finding = { ...one, id: 'GO-1', aliases: ['CVE-1'], path: 'y', severity: 'UNKNOWN' };
    const merged = mergeFindings(
      { scanner: 'trivy', findings: [known] },
      { scanner: 'govulncheck', findings: [link, { ...link, package: 'b' }] },
      isGo,
    );
    expect(merged.map(({ path, severity }) => `${path} ${severity}`)).toEqual([
      'x LOW',
      'y LOW',
      'y UNKNOWN',
    ]);
  });
});
