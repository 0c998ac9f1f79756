import { scanFailure } from '@prism-build/errors';
import * as fc from 'fast-check';
import { type Assessment, decide, type Finding, parseScanPolicy, scanPolicy, severities } from '../src';

const now = Date.parse('2026-11-28T12:00:00Z');
const digest = `sha256:${'a'.repeat(64)}`;
const facts = { user: '65532', env: ['PATH=/bin'], labels: {} };
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
const scanned = (findings: Finding[], change = {}): Assessment => ({
  platform: 'linux/amd64',
  digest,
  facts,
  scan: { ok: true, findings, packages: 3, gaps: [], databaseTime: now, ...change },
});
const suppression = { id: 'CVE-1', owner: 'ann', reason: 'not reachable', expires: '2026-11-28' };
const verdict = (one: Assessment, policy = {}, at = now) =>
  decide([one], scanPolicy.parse(policy), at).verdict;

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
    expect(decide([], scanPolicy.parse({}), now).verdict).toBe('notAssessable');
  });

  test('gives every reason, and the suppressions that nothing needed', () => {
    const policy = scanPolicy.parse({ suppressions: [{ ...suppression, id: 'CVE-9' }] });
    const found = decide([scanned([finding(), finding({ id: 'CVE-2' })])], policy, now);
    expect(found.reasons).toHaveLength(2);
    expect(found.unused.map(({ id }) => id)).toEqual(['CVE-9']);
  });

  test('a secret is named and not repeated', () => {
    const one = { ...scanned([]), facts: { ...facts, env: ['DB_PASSWORD=hunter2'] } };
    expect(JSON.stringify(decide([one], scanPolicy.parse({}), now))).not.toContain('hunter2');
  });
});

const findings = fc.array(
  fc.record({
    id: fc.constantFrom('CVE-1', 'CVE-2', 'CVE-3'),
    fixed: fc.constantFrom('2', undefined),
    severity: fc.constantFrom(...severities, 'UNKNOWN' as const),
  }),
  { maxLength: 6 },
);
const rule = fc.constantFrom('block', 'allow');
const policies = fc
  .record({
    fixable: fc.constantFrom(...severities, 'NEVER'),
    unfixable: fc.constantFrom(...severities, 'NEVER'),
    unknownSeverity: rule,
    notAssessable: rule,
    runsAsRoot: rule,
    maxDatabaseAgeDays: fc.integer({ min: 1, max: 10_000 }),
    suppressions: fc.array(
      fc.record({
        id: fc.constantFrom('CVE-1', 'CVE-2'),
        owner: fc.constant('ann'),
        reason: fc.constant('r'),
        expires: fc.constantFrom('2026-11-27', '2026-11-28', '2027-01-01'),
      }),
      { maxLength: 3 },
    ),
  })
  .map((value) => scanPolicy.parse(value));

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
});

test('a policy with unknown or wrong values is refused with the place of each', () => {
  const parsed = parseScanPolicy(
    '{"fixible":"HIGH","suppressions":[{"id":"CVE-1","expires":"never"}]}',
    'p.json',
  );
  expect(parsed.ok).toBe(false);
  const text = JSON.stringify(parsed);
  for (const word of ['fixible', 'owner', 'reason', 'expires', 'p.json']) expect(text).toContain(word);
});
