import { scanFailure } from '@prism-build/errors';
import Ajv2020 from 'ajv/dist/2020';
import * as fc from 'fast-check';
import type { Log } from 'sarif';
import {
  type Assessment,
  compareReports,
  decide,
  type Finding,
  findOrigin,
  type LockFile,
  makeReport,
  makeReportSchema,
  parseReport,
  reportFormats,
  type ScanReport,
  severities,
} from '../src';
import { resolve } from './policies';

const now = Date.parse('2026-11-28T12:00:00Z');
const go = (change: Partial<Finding> = {}): Finding => ({
  ...{ id: 'CVE-1', package: 'golang.org/x/net', installed: 'v0.7.0', fixed: '0.17.0', severity: 'HIGH' },
  ...{ kind: 'gobinary', path: 'app', title: 'Rapid reset' },
  ...change,
});
const debian = (name: string, change: Partial<Finding> = {}) =>
  go({ package: name, installed: '1.0-1', fixed: '1.0-2', kind: 'debian', path: 'debian', ...change });

const locks: LockFile[] = [
  {
    project: 'api',
    file: 'apps/api/go.mod',
    text: 'module x\n\ngo 1.22\n\nrequire (\n\tgolang.org/x/net v0.7.0\n)\n',
  },
  {
    project: 'base',
    file: 'bases/a/rootfs.lock.json',
    text: '{\n{"name":"openssl","version":"1.0-1"},\n{"name":"zlib1g","version":"1.0-1"}\n}',
  },
];

function report(findings: readonly Finding[], change: Partial<Assessment> = {}, policy = {}): ScanReport {
  const one = (platform: string): Assessment => ({
    ...{ platform, digest: `sha256:${'a'.repeat(64)}` },
    facts: {
      ...{ user: '1', env: [], labels: {}, ports: [], declaredPorts: [], bases: [] },
      files: { setuid: [], worldWritable: [], shells: [], packageManagers: [], binaries: {} },
    },
    scan: { ok: true, findings, packages: 1, gaps: [], databaseTime: now },
    ...change,
  });
  const assessments = [one('linux/amd64'), one('linux/arm64')];
  const whole = resolve(policy);
  return makeReport({
    ...{
      image: 'api',
      project: 'api',
      containerfile: 'apps/api/Containerfile',
      assessments,
      policy: whole,
      locks,
      now,
    },
    ...{
      decision: decide(assessments, whole, now),
      scanner: 'trivy',
      database: { digest: 'sha256:0', time: now },
    },
  });
}

const rowsOf = (text: string) =>
  text.split('\n').filter((line) => /^ {2}(CRITICAL|HIGH|MEDIUM|LOW|UNKNOWN) /.test(line));

describe('the table', () => {
  test('one bump that clears nine findings is one row, with its line and its command', () => {
    const ids = Array.from({ length: 9 }, (_, index) =>
      go({ id: `CVE-${index}`, fixed: `0.${index + 8}.0` }),
    );
    const text = reportFormats.table.print(report(ids));
    expect(rowsOf(text)).toEqual([
      '  HIGH golang.org/x/net  v0.7.0     0.16.0    apps/api/go.mod:6  go -C apps/api get golang.org/x/net@v0.16.0',
    ]);
    for (const { id } of ids) expect(text).toContain(id);
  });

  test('packages of one lock are one row', () => {
    const text = reportFormats.table.print(report([debian('openssl'), debian('zlib1g', { id: 'CVE-2' })]));
    expect(rowsOf(text)).toHaveLength(1);
    expect(text).toMatch(
      /openssl and 1 more .*rootfs\.lock\.json:2 and 1 more +nx g prism:lock --project=base/,
    );
    expect(text).toContain('also zlib1g 1.0-1');
  });

  test('a finding without a fix is a row of its own', () => {
    const text = reportFormats.table.print(
      report([go(), go({ id: 'CVE-2', fixed: undefined, severity: 'CRITICAL' })]),
    );
    expect(rowsOf(text)).toHaveLength(2);
  });

  test('reachability is beside the advisory in every form, and what is not called is noted', () => {
    const one = report(
      [
        go({ reachability: { state: 'called', symbols: ['html.Parse', 'html.Render'] } }),
        go({ id: 'CVE-2', reachability: { state: 'unknown', why: 'the program is stripped' } }),
        go({
          ...{ id: 'CVE-3', aliases: ['GO-3'], scanners: ['trivy', 'govulncheck'] },
          reachability: { state: 'notCalled' },
        }),
      ],
      {},
      { unreachable: 'warn', govulncheck: { database: 'go' } },
    );
    const text = reportFormats.table.print(one);
    expect(text).toContain(
      'CVE-1 (called: html.Parse and 1 more) CVE-2 (unknown whether called: the program',
    );
    expect(text).toContain(
      'note: CVE-3 in golang.org/x/net v0.7.0 does not block: the program does not contain',
    );
    expect(reportFormats.markdown.print(one)).toContain('CVE-1 (called: html.Parse and 1 more)');
    expect(reportFormats.junit.print(one)).toContain('called: html.Parse and 1 more. Rapid reset');
    const { runs } = JSON.parse(reportFormats.sarif.print(one)) as Log;
    const third = runs[0]!.results!.find(({ ruleId }) => ruleId === 'CVE-3')!;
    expect(third.level).toBe('warning');
    expect(third.message.text).toContain('Reachability: not called.');
    expect(third.properties).toMatchObject({
      ...{ aliases: ['GO-3'], scanners: ['trivy', 'govulncheck'], reachability: { state: 'notCalled' } },
    });
    const json = JSON.parse(reportFormats.json.print(one)) as ScanReport;
    expect(json.findings.map(({ state, reachability }) => [state, reachability?.state])).toEqual([
      ['blocks', 'called'],
      ['blocks', 'unknown'],
      ['warns', 'notCalled'],
    ]);
    expect(new Ajv2020({ strict: false, validateFormats: false }).validate(makeReportSchema(), json)).toBe(
      true,
    );
  });

  test('EPSS and known exploitation are shown', () => {
    const text = reportFormats.table.print(report([go({ epss: 0.94, knownExploited: true })]));
    expect(text).toContain('EPSS 0.94, known to be exploited');
  });

  test('a failed scan, a gap and a rule are said once for all platforms', () => {
    const failures = [scanFailure('SCAN_ERROR', { what: 'trivy crashed' })];
    const text = reportFormats.table.print(report([], { scan: { ok: false, failures } }));
    expect(text.match(/trivy crashed/g)).toHaveLength(1);
  });
});

test.each<[Partial<Finding>, string, string, number]>([
  [{ kind: 'gobinary' }, 'go.sum', 'a v1 h1:x\ngolang.org/x/net v0.7.0 h1:x\n', 2],
  [{ kind: 'gobinary', package: 'stdlib', installed: 'v1.22' }, 'go.mod', 'module x\n\ngo 1.22\n', 3],
  [
    { kind: 'rustbinary', package: 'h2', installed: '0.3.16' },
    'Cargo.lock',
    '\n[[package]]\nname = "h2"\nversion = "0.3.15"\n\n[[package]]\nname = "h2"\nversion = "0.3.16"\n',
    7,
  ],
  [
    { kind: 'python-pkg', package: 'Typing_Extensions', installed: '4.1' },
    'requirements.lock',
    'a==1\ntyping-extensions==4.1 \\\n',
    2,
  ],
  [
    { kind: 'python-pkg', package: 'a', installed: '1' },
    'uv.lock',
    '[[package]]\nname = "a"\nversion = "1"\n',
    2,
  ],
  [
    { kind: 'node-pkg', package: 'lodash', installed: '4.17.15' },
    'package-lock.json',
    '{\n  "packages": {\n    "node_modules/lodash": {\n      "version": "4.17.15"\n',
    3,
  ],
  [
    { kind: 'node-pkg', package: 'lodash', installed: '4.17.15' },
    'pnpm-lock.yaml',
    'packages:\n  lodash@4.17.15:\n',
    2,
  ],
  [
    { kind: 'node-pkg', package: 'lodash', installed: '4.17.15' },
    'yarn.lock',
    '\nlodash@^4.17.0:\n  version "4.17.15"\n',
    2,
  ],
  [
    { kind: 'debian', package: 'zlib1g', installed: '1' },
    'rootfs.lock.json',
    '{\n  {"name":"zlib1g-dev","version":"1"},\n  {"name":"zlib1g","version":"1"}',
    3,
  ],
  [
    { kind: 'alpine', package: 'musl', installed: '1' },
    'images.lock.json',
    '{\n  "images": {\n    "x": {\n      "digest": "sha256:00"',
    4,
  ],
])('%j comes from a line of %s', (change, file, text, line) => {
  expect(findOrigin(go(change), [{ file: `a/${file}`, text, project: 'p' }])).toEqual({
    ...{ file: `a/${file}`, line, project: 'p' },
  });
});

test('--since shows new and gone findings, and the verdict stays that of all', () => {
  const earlier = report([go(), go({ id: 'CVE-2' })]);
  const later = compareReports(report([go(), go({ id: 'CVE-3', path: 'other' })]), earlier);
  expect(later.verdict).toBe('block');
  expect(later.since?.added.map(({ id }) => id)).toEqual(['CVE-3']);
  expect(later.since?.gone.map(({ id }) => id)).toEqual(['CVE-2']);
  const text = reportFormats.table.print(later);
  expect(text).toContain('gone: CVE-2 golang.org/x/net v0.7.0');
  expect(text).not.toContain('CVE-1');
  const same = compareReports(earlier, earlier);
  expect(reportFormats.junit.print(same)).toContain('failures="1"');
});

const findings = fc.array(
  fc.record({
    id: fc.constantFrom('CVE-1', 'CVE-2', 'GHSA-x y', 'GO|1'),
    package: fc.oneof(fc.constant('golang.org/x/net'), fc.string({ minLength: 1, unit: 'binary' })),
    severity: fc.constantFrom(...severities, 'UNKNOWN' as const),
    fixed: fc.constantFrom(undefined, '0.17.0', '0.8.0, 1.0.0'),
    kind: fc.constantFrom('gobinary', 'debian', 'x'),
    title: fc.string({ unit: 'binary' }),
    epss: fc.constantFrom(undefined, 0.5),
  }),
  { maxLength: 6 },
);

describe('for all findings', () => {
  const isReport = new Ajv2020({ strict: false, validateFormats: false }).compile(makeReportSchema());

  test('JSON is parsed back, and fits the published schema', () => {
    fc.assert(
      fc.property(findings, (changes) => {
        const made = report(changes.map(go), {}, { shell: 'block' });
        const text = reportFormats.json.print(made);
        const parsed = parseReport(text, 'r.json', 'api');
        expect(parsed).toEqual({ ok: true, value: made });
        expect(isReport(JSON.parse(text)) || isReport.errors).toBe(true);
        expect(parseReport(text, 'r.json', 'web').ok).toBe(false);
      }),
      { numRuns: 40 },
    );
  });

  test('SARIF has what code scanning needs', () => {
    fc.assert(
      fc.property(findings, (changes) => {
        const made = report(changes.map(go), { facts: { ...baseFacts, user: '0' } });
        const log = JSON.parse(reportFormats.sarif.print(made)) as Log;
        expect(log.version).toBe('2.1.0');
        const [run] = log.runs;
        const rules = run!.tool.driver.rules!;
        expect(run!.automationDetails!.id).toBe('scan/api/');
        expect(new Set(rules.map(({ id }) => id)).size).toBe(rules.length);
        expect(run!.results).toHaveLength(made.findings.length + made.violations.length);
        for (const one of run!.results!) {
          expect(rules[one.ruleIndex!]!.id).toBe(one.ruleId);
          expect(one.message.text).toBeTruthy();
          const { artifactLocation, region } = one.locations![0]!.physicalLocation!;
          expect(artifactLocation!.uri).toMatch(/^[\w./%-]+$/);
          expect(region!.startLine).toBeGreaterThan(0);
        }
        for (const rule of rules) {
          expect(rule.shortDescription!.text).toBeTruthy();
          expect(Number(rule.properties!['security-severity'])).toBeGreaterThan(0);
        }
      }),
      { numRuns: 40 },
    );
  });

  test('JUnit is well-formed, and has a failed case exactly if the image is blocked', () => {
    fc.assert(
      fc.property(findings, (changes) => {
        const made = report(changes.map(go));
        const text = reportFormats.junit.print(made);
        const tags = checkXml(text);
        expect(tags.filter((tag) => tag === 'failure').length > 0).toBe(made.verdict !== 'allow');
        expect(text).toContain(`failures="${tags.filter((tag) => tag === 'failure').length}"`);
      }),
      { numRuns: 40 },
    );
  });

  test('a row of Markdown has five cells, whatever the names are', () => {
    fc.assert(
      fc.property(findings, (changes) => {
        const rows = reportFormats.markdown
          .print(report(changes.map(go)))
          .split('\n')
          .filter((line) => line.startsWith('| '));
        for (const row of rows) expect(row.replace(/\\./g, '').split('|')).toHaveLength(7);
      }),
      { numRuns: 40 },
    );
  });
});

const baseFacts: Assessment['facts'] = {
  ...{ user: '1', env: [], labels: {}, ports: [], declaredPorts: [], bases: [] },
  files: { setuid: [], worldWritable: [], shells: [], packageManagers: [], binaries: {} },
};

/** The names of the elements of an XML text in the form that is written here. Throws if it is not well-formed. */
function checkXml(text: string): string[] {
  const open: string[] = [];
  const names: string[] = [];
  const token =
    /<\?xml [^?]*\?>|<(\/?)([a-z]+)((?: [a-z]+="[^"<&]*(?:&#\d+;[^"<&]*)*")*)(\/?)>|(?:[^<&>]|&#\d+;)+/y;
  while (token.lastIndex < text.length) {
    const at = token.lastIndex;
    const found = token.exec(text);
    if (!found) throw new Error(`not XML: ${text.slice(at, at + 80)}`);
    const [, end, name, , closed] = found;
    if (name === undefined) continue;
    if (end) expect(open.pop()).toBe(name);
    else {
      names.push(name);
      if (!closed) open.push(name);
    }
  }
  expect(open).toEqual([]);
  return names;
}
