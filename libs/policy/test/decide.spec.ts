import { scanFailure } from '@prism-build/errors';
import * as fc from 'fast-check';
import { type Assessment, decide, type FileFacts, type Finding, type ImageFacts, severities } from '../src';
import { resolve } from './policies';

const now = Date.parse('2026-11-28T12:00:00Z');
const digest = `sha256:${'a'.repeat(64)}`;
const files: FileFacts = {
  ...{ setuid: [], worldWritable: [], shells: [], packageManagers: [] },
  binaries: { amd64: ['app'] },
};
const facts: ImageFacts = {
  ...{ user: '65532', env: ['PATH=/bin'], labels: {}, bases: [], files },
  ...{ ports: ['80/tcp'], declaredPorts: ['80/tcp'] },
};
const finding = (change: Partial<Finding> = {}): Finding => ({
  id: 'CVE-1',
  package: 'net',
  installed: '1',
  fixed: '2',
  severity: 'HIGH',
  kind: 'gobinary',
  path: 'app',
  title: '',
  ...change,
});
const unreachable = { unreachable: 'warn', govulncheck: { database: 'go' } };
const scanned = (findings: Finding[], change = {}): Assessment => ({
  platform: 'linux/amd64',
  digest,
  facts,
  scan: { ok: true, findings, packages: 3, gaps: [], databaseTime: now, ...change },
});
const suppression = { id: 'CVE-1', owner: 'ann', reason: 'not reachable', expires: '2026-11-28' };
const verdict = (one: Assessment, policy = {}, at = now) => decide([one], resolve(policy), at).verdict;

describe('decide', () => {
  test.each<[string, Partial<Finding>, object, string]>([
    ['fixable at the threshold', {}, {}, 'block'],
    ['fixable below', { severity: 'MEDIUM' }, {}, 'allow'],
    ['unfixable below', { fixed: undefined }, {}, 'allow'],
    ['unfixable at the threshold', { fixed: undefined, severity: 'CRITICAL' }, {}, 'block'],
    ['never', { severity: 'CRITICAL' }, { fixable: 'NEVER' }, 'allow'],
    ['unknown', { severity: 'UNKNOWN' }, {}, 'block'],
    ['unknown under NEVER', { severity: 'UNKNOWN' }, { fixable: 'NEVER' }, 'block'],
    ['unknown, allowed', { severity: 'UNKNOWN' }, { unknownSeverity: 'allow' }, 'allow'],
    ['suppressed to the end of the day', {}, { suppressions: [suppression] }, 'allow'],
    ['expired', {}, { suppressions: [{ ...suppression, expires: '2026-11-27' }] }, 'block'],
    ['another package', {}, { suppressions: [{ ...suppression, package: 'x' }] }, 'block'],
    ['another path', {}, { suppressions: [{ ...suppression, path: 'x' }] }, 'block'],
    [
      'another digest',
      {},
      { suppressions: [{ ...suppression, digest: `sha256:${'b'.repeat(64)}` }] },
      'block',
    ],
    ['in its grace period', { published: '2026-11-20T12:00:00Z' }, { graceDays: { HIGH: 9 } }, 'allow'],
    [
      'at the end of its grace period',
      { published: '2026-11-20T12:00:00Z' },
      { graceDays: { HIGH: 8 } },
      'block',
    ],
    [
      'the grace of another severity',
      { published: '2026-11-20T12:00:00Z' },
      { graceDays: { LOW: 99 } },
      'block',
    ],
    ['an unknown date', {}, { graceDays: { HIGH: 99 } }, 'block'],
    ['a date in the future', { published: '2027-11-20T12:00:00Z' }, { graceDays: { HIGH: 999 } }, 'block'],
    ['no date', { published: 'soon' }, { graceDays: { HIGH: 999 } }, 'block'],
    [
      'grace without a fix',
      { published: '2026-11-28T00:00:00Z', fixed: undefined, severity: 'CRITICAL' },
      { graceDays: { CRITICAL: 99 } },
      'block',
    ],
    ['exploited', { severity: 'LOW', knownExploited: true }, { fixable: 'NEVER' }, 'block'],
    [
      'exploited in its grace period',
      { knownExploited: true, published: '2026-11-28T00:00:00Z' },
      { graceDays: { HIGH: 99 } },
      'block',
    ],
    ['exploited, allowed', { severity: 'LOW', knownExploited: true }, { knownExploited: 'allow' }, 'allow'],
    ['not exploited', { severity: 'LOW', knownExploited: false }, {}, 'allow'],
    ['EPSS at the threshold', { severity: 'LOW', epss: 0.5 }, { epss: 0.5 }, 'block'],
    ['EPSS below', { severity: 'LOW', epss: 0.49 }, { epss: 0.5 }, 'allow'],
    ['not called', { reachability: { state: 'notCalled' } }, {}, 'block'],
    ['not called, which warns', { reachability: { state: 'notCalled' } }, unreachable, 'allow'],
    ['called', { reachability: { state: 'called', symbols: ['f'] } }, unreachable, 'block'],
    ['unknown whether called', { reachability: { state: 'unknown', why: 'stripped' } }, unreachable, 'block'],
    ['no scanner looked', {}, unreachable, 'block'],
    [
      'exploited and not called',
      { reachability: { state: 'notCalled' }, knownExploited: true },
      unreachable,
      'block',
    ],
    [
      'suppressed by an alias',
      { id: 'CVE-2', aliases: ['CVE-1'] },
      { suppressions: [{ ...suppression, package: 'net', path: 'app', digest }] },
      'allow',
    ],
    ['no EPSS', { severity: 'LOW' }, { epss: 0 }, 'allow'],
    ['all scopes', {}, { suppressions: [{ ...suppression, package: 'net', path: 'app', digest }] }, 'allow'],
  ])('%s', (_, change, policy, expected) => {
    expect(verdict(scanned([finding(change)]), policy)).toBe(expected);
  });

  test.each<[string, Assessment, object, string]>([
    ['nothing recognised', scanned([], { packages: 0 }), {}, 'notAssessable'],
    ['nothing recognised, allowed', scanned([], { packages: 0 }), { notAssessable: 'allow' }, 'allow'],
    ['a gap', scanned([], { gaps: ['no advisories for alpine 3.22'] }), {}, 'notAssessable'],
    ['a gap and a finding', scanned([finding()], { gaps: ['x'] }), {}, 'block'],
    [
      'an old database',
      scanned([], { databaseTime: now - 8 * 86_400_000 }),
      { notAssessable: 'allow' },
      'notAssessable',
    ],
    [
      'an old second database',
      scanned([], { secondDatabaseTime: now - 8 * 86_400_000 }),
      {},
      'notAssessable',
    ],
    ['a second database', scanned([], { secondDatabaseTime: now - 6 * 86_400_000 }), {}, 'allow'],
    ['a database of the future', scanned([], { databaseTime: now + 2 * 86_400_000 }), {}, 'notAssessable'],
    ['a database without a time', scanned([], { databaseTime: Number.NaN }), {}, 'notAssessable'],
    ['root', { ...scanned([]), facts: { ...facts, user: '' } }, {}, 'block'],
    ['root with a group', { ...scanned([]), facts: { ...facts, user: '0:65532' } }, {}, 'block'],
    [
      'root, allowed',
      { ...scanned([]), facts: { ...facts, user: 'root' } },
      { runsAsRoot: 'allow' },
      'allow',
    ],
    ['a secret', { ...scanned([]), facts: { ...facts, env: ['DB_PASSWORD=x'] } }, {}, 'block'],
    [
      'where a secret is',
      { ...scanned([]), facts: { ...facts, env: ['DB_PASSWORD_FILE=/run/x'] } },
      {},
      'allow',
    ],
    ['an empty secret', { ...scanned([]), facts: { ...facts, env: ['TOKEN='] } }, {}, 'allow'],
    ['a secret in a label', { ...scanned([]), facts: { ...facts, labels: { 'api.key': 'x' } } }, {}, 'block'],
  ])('%s', (_, one, policy, expected) => {
    expect(verdict(one, policy)).toBe(expected);
  });

  test('no platform at all is not assessable', () => {
    expect(decide([], resolve({}), now).verdict).toBe('notAssessable');
  });

  test('gives every reason, and the suppressions that nothing needed', () => {
    const policy = resolve({ suppressions: [{ ...suppression, id: 'CVE-9' }] });
    const found = decide([scanned([finding(), finding({ id: 'CVE-2' })])], policy, now);
    expect(found.reasons).toHaveLength(2);
    expect(found.unused.map(({ ids }) => ids[0])).toEqual(['CVE-9']);
  });

  test('a secret is named and not repeated', () => {
    const one = { ...scanned([]), facts: { ...facts, env: ['DB_PASSWORD=hunter2'] } };
    expect(JSON.stringify(decide([one], resolve({}), now))).not.toContain('hunter2');
  });
});

const findings = fc.array(
  fc.record({
    id: fc.constantFrom('CVE-1', 'CVE-2', 'CVE-3'),
    fixed: fc.constantFrom('2', undefined),
    severity: fc.constantFrom(...severities, 'UNKNOWN' as const),
    published: fc.constantFrom(
      undefined,
      '2026-11-25T00:00:00Z',
      '2020-01-01T00:00:00Z',
      '2030-01-01T00:00:00Z',
    ),
    epss: fc.constantFrom(undefined, 0, 0.3, 0.9),
    knownExploited: fc.constantFrom(undefined, true, false),
  }),
  { maxLength: 6 },
);
const verdicts = fc.constantFrom('block', 'allow');
const rule = fc.constantFrom('block', 'warn', 'allow');
const levels = fc.constantFrom(...severities, 'NEVER');
const license = fc.constantFrom('MIT', 'Apache-2.0', 'GPL-3.0-only');
const policyFields = fc.record({
  fixable: levels,
  unfixable: levels,
  graceDays: fc.record({ HIGH: fc.nat(10), CRITICAL: fc.nat(10), UNKNOWN: fc.nat(10) }),
  epss: fc.constantFrom(0, 0.3, 0.5, 1),
  knownExploited: verdicts,
  unknownSeverity: verdicts,
  notAssessable: verdicts,
  ...{ runsAsRoot: rule, setuid: rule, shell: rule, unexpectedPorts: rule, wrongArchitecture: rule },
  licenses: fc.record({ allow: fc.uniqueArray(license), deny: fc.uniqueArray(license), unknown: rule }),
  maxDatabaseAgeDays: fc.integer({ min: 1, max: 10_000 }),
  suppressions: fc.array(
    fc.record({
      id: fc.constantFrom('CVE-1', 'CVE-2', 'setuid'),
      owner: fc.constant('ann'),
      reason: fc.constant('r'),
      expires: fc.constantFrom('2026-11-27', '2026-11-28', '2027-01-01'),
    }),
    { maxLength: 3 },
  ),
});
const policies = policyFields.map(resolve);

/** Images that break some rules. */
const facing = fc.record({
  facts: fc.record({
    user: fc.constantFrom('0', '65532'),
    ports: fc.constantFrom([], ['80/tcp']),
    files: fc.record({
      setuid: fc.constantFrom([], [{ path: 'bin/su', mode: 0o4755 }]),
      worldWritable: fc.constant([]),
      shells: fc.constantFrom([], ['bin/sh']),
      packageManagers: fc.constant([]),
      binaries: fc.constantFrom({}, { arm64: ['x'] }),
    }),
    ...{
      env: fc.constant([]),
      labels: fc.constant({}),
      declaredPorts: fc.constant([]),
      bases: fc.constant([]),
    },
  }),
});

/** Names of fields to set to a stricter value, and which one. */
const stricter = fc.array(fc.tuple(fc.nat(), fc.nat()), { maxLength: 8 });

type Fields = typeof policyFields extends fc.Arbitrary<infer T> ? T : never;

/** The same policy with some values replaced by stricter ones. */
function tighten(fields: Fields, changes: readonly (readonly [number, number])[]): Fields {
  const names = Object.keys(fields) as (keyof Fields)[];
  const pick = <T>(list: readonly T[], value: T, at: number) => list[at % (list.indexOf(value) + 1)]!;
  let below = fields;
  for (const [which, at] of changes) {
    const name = names[which % names.length]!;
    const value = below[name];
    const change = (): unknown => {
      if (name === 'fixable' || name === 'unfixable')
        return pick([...severities, 'NEVER'], value as string, at);
      if (name === 'graceDays')
        return Object.fromEntries(
          Object.entries(below.graceDays).map(([key, days]) => [key, Math.max(0, days - at)]),
        );
      if (name === 'epss') return below.epss / (1 + at);
      if (name === 'maxDatabaseAgeDays') return Math.max(1, below.maxDatabaseAgeDays - at);
      // An expired one blocks, so only the others may be taken away.
      if (name === 'suppressions')
        return below.suppressions.filter(({ expires }, index) => expires === '2026-11-27' || index >= at);
      if (name === 'licenses') {
        const { allow, deny, unknown } = below.licenses;
        return {
          allow: allow.slice(at),
          deny: [...deny, 'MIT'],
          unknown: pick(['block', 'warn', 'allow'], unknown, at),
        };
      }
      return pick(['block', 'warn', 'allow'], value as string, at) === 'block' ? 'block' : value;
    };
    below = { ...below, [name]: change() };
  }
  return below;
}

describe('rules', () => {
  const withFacts = (change: Partial<ImageFacts>, of: Partial<FileFacts> = {}): Assessment => ({
    ...scanned([]),
    facts: { ...facts, ...change, files: { ...files, ...of } },
  });
  const withScan = (change: object) => scanned([], change);
  const secret = {
    ...{ id: 'private-key', title: 'Asymmetric Private Key', severity: 'HIGH' as const },
    ...{ path: '/app/key.pem', line: 3, layer: digest },
  };
  const licenses = (license: string | undefined) =>
    withScan({ licenses: [{ package: 'a', version: '1', license }] });

  test.each<[string, Assessment, string, string]>([
    ['setuid', withFacts({}, { setuid: [{ path: 'bin/su', mode: 0o4755 }] }), 'block', 'setuid'],
    [
      'world-writable',
      withFacts({}, { worldWritable: [{ path: 'x', type: 'file' }] }),
      'block',
      'worldWritable',
    ],
    ['a shell', withFacts({}, { shells: ['bin/sh'] }), 'allow', 'shell'],
    ['a package manager', withFacts({}, { packageManagers: ['bin/apk'] }), 'allow', 'packageManager'],
    [
      'another architecture',
      withFacts({}, { binaries: { amd64: ['a'], arm64: ['b'] } }),
      'block',
      'wrongArchitecture',
    ],
    ['a base by tag', withFacts({ bases: [{ name: 'alpine:3', pinned: false }] }), 'block', 'unpinnedBase'],
    ['a pinned base', withFacts({ bases: [{ name: digest, pinned: true }] }), 'allow', ''],
    ['a port more', withFacts({ ports: ['80/tcp', '81/tcp'] }), 'allow', 'unexpectedPorts'],
    ['a port less', withFacts({ ports: [] }), 'allow', 'unexpectedPorts'],
    ['no Containerfile', withFacts({ declaredPorts: undefined }), 'allow', ''],
    ['a secret in a file', withScan({ secrets: [secret] }), 'block', 'secretsInFiles'],
    ['root', withFacts({ user: '0' }), 'block', 'runsAsRoot'],
    ['a secret in ENV', withFacts({ env: ['DB_PASSWORD=x'] }), 'block', 'secretsInConfig'],
  ])('%s', (_, one, expected, rule) => {
    const decision = decide([one], resolve({}), now);
    expect(decision.verdict).toBe(expected);
    const broken = [
      ...decision.reasons.flatMap((reason) => (reason.kind === 'rule' ? [reason.violation] : [])),
      ...decision.warnings.map(({ violation }) => violation),
    ];
    expect(broken.map((violation) => violation.rule)).toEqual(rule === '' ? [] : [rule]);
    if (rule === '') return;
    expect(verdict(one, { [rule]: 'block' })).toBe('block');
    expect(verdict(one, { [rule]: 'warn' })).toBe('allow');
    expect(decide([one], resolve({ [rule]: 'allow' }), now).warnings).toEqual([]);
    // A rule is suppressed by its name, and by path where it has one.
    const accepted = { ...suppression, id: rule };
    expect(verdict(one, { [rule]: 'block', suppressions: [accepted] })).toBe('allow');
    expect(verdict(one, { [rule]: 'block', suppressions: [{ ...accepted, path: 'other' }] })).toBe('block');
  });

  test('a secret is also suppressed by the name of the rule of the scanner', () => {
    const suppressions = [{ ...suppression, id: 'private-key', path: 'app/*.pem' }];
    expect(verdict(withScan({ secrets: [secret] }), { suppressions })).toBe('allow');
  });

  test.each<[string | undefined, object, string]>([
    ['GPL-3.0-only', {}, 'allow'],
    ['MIT', { allow: ['MIT'] }, 'allow'],
    ['MIT OR GPL-3.0-only', { allow: ['MIT'] }, 'allow'],
    ['MIT AND GPL-3.0-only', { allow: ['MIT'] }, 'block'],
    ['MIT AND (GPL-3.0-only OR Apache-2.0)', { allow: ['MIT', 'Apache-2.0'] }, 'allow'],
    ['GPL-3.0-only', { deny: ['GPL-3.0-only'] }, 'block'],
    ['GPL-2.0-or-later', { deny: ['GPL-3.0-only'] }, 'block'],
    ['MIT OR GPL-3.0-only', { deny: ['GPL-3.0-only'] }, 'allow'],
    ['GPL-3.0-only WITH GCC-exception-3.1', { deny: ['GPL-3.0-only'] }, 'allow'],
    ['GPL-3.0-only WITH GCC-exception-3.1', { allow: ['GPL-3.0-only'] }, 'block'],
    ['LicenseRef-ours', { allow: ['LicenseRef-ours'] }, 'allow'],
    ['LicenseRef-ours', { allow: ['MIT'] }, 'block'],
    [undefined, { allow: ['MIT'] }, 'block'],
    ['see LICENSE', { deny: ['MIT'] }, 'block'],
    ['see LICENSE', { deny: ['MIT'], unknown: 'warn' }, 'allow'],
    ['MIT', { allow: [] }, 'block'],
  ])('the licence %s with %j: %s', (license, lists, expected) => {
    expect(verdict(licenses(license), { licenses: lists })).toBe(expected);
  });
});

describe('for every policy', () => {
  test('removing a finding never turns allow into something else', () => {
    fc.assert(
      fc.property(findings, policies, fc.nat(), (changes, policy, at) => {
        const all = changes.map(finding);
        fc.pre(decide([scanned(all)], policy, now).verdict === 'allow' && all.length > 0);
        const fewer = all.filter((_, index) => index !== at % all.length);
        expect(decide([scanned(fewer)], policy, now).verdict).toBe('allow');
      }),
    );
  });

  test('a failed scan of one platform always blocks', () => {
    const error: Assessment = {
      ...scanned([]),
      scan: { ok: false, failures: [scanFailure('SCAN_ERROR', { what: 'x' })] },
    };
    fc.assert(
      fc.property(findings, policies, fc.boolean(), (changes, policy, first) => {
        const other = scanned(changes.map(finding));
        expect(decide(first ? [error, other] : [other, error], policy, now).verdict).toBe('block');
      }),
    );
  });

  test('each finding either blocks or is accepted for a reason', () => {
    fc.assert(
      fc.property(findings, policies, (changes, policy) => {
        const { reasons, accepted } = decide([scanned(changes.map(finding))], policy, now);
        expect(reasons.filter(({ kind }) => kind === 'finding').length + accepted.length).toBe(
          changes.length,
        );
      }),
    );
  });

  test('an extra finding never turns another verdict into allow', () => {
    fc.assert(
      fc.property(findings, policies, findings, (changes, policy, more) => {
        const before = decide([scanned(changes.map(finding))], policy, now).verdict;
        const after = decide([scanned([...changes, ...more].map(finding))], policy, now).verdict;
        if (before !== 'allow') expect(after).not.toBe('allow');
      }),
    );
  });

  test('a stricter policy never allows more', () => {
    fc.assert(
      fc.property(findings, policyFields, stricter, facing, (changes, fields, changed, one) => {
        const image = { ...scanned(changes.map(finding)), ...one };
        const strict = tighten(fields, changed);
        if (decide([image], resolve(fields), now).verdict !== 'allow')
          expect(decide([image], resolve(strict), now).verdict).not.toBe('allow');
      }),
    );
  });

  test('an expired suppression never helps', () => {
    fc.assert(
      fc.property(
        findings,
        policyFields,
        fc.constantFrom('CVE-1', 'CVE-2', 'CVE-9'),
        (changes, fields, id) => {
          const image = scanned(changes.map(finding));
          const expired = { ...suppression, id, expires: '2026-11-27' };
          const policy = resolve({ ...fields, suppressions: [expired, ...fields.suppressions] });
          const decision = decide([image], policy, now);
          expect(decision.verdict).toBe('block');
          const blocking = (one: typeof decision) =>
            one.reasons.filter(({ kind }) => kind === 'finding').length;
          expect(blocking(decision)).toBe(blocking(decide([image], resolve(fields), now)));
        },
      ),
    );
  });
});
