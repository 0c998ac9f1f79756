import { type PolicySource, resolvePolicy } from '../src';

const source = (file: string, value: object, under?: string[]): PolicySource => ({
  file,
  text: JSON.stringify(value, null, 2),
  ...(under && { under }),
});

function messages(...sources: PolicySource[]): string[] {
  const resolved = resolvePolicy(sources);
  return resolved.ok
    ? []
    : resolved.failures.map(({ code, what, at }) => `${at?.file}:${at?.line}: ${code}: ${what}`);
}

test('the nearest file overrides field by field, and each value names its place', () => {
  const resolved = resolvePolicy([
    source('nx.json', { plugins: [], 'scan-policy': { fixable: 'LOW', licenses: { deny: ['MIT'] } } }, [
      'scan-policy',
    ]),
    source('scan-policy.json', {
      fixable: 'MEDIUM',
      graceDays: { HIGH: 3 },
      scanners: [`sha256:${'a'.repeat(64)}`],
    }),
    source('a/project.json', { name: 'a' }, ['scan-policy']),
    source('a/scan-policy.json', { licenses: { allow: ['MIT'] }, graceDays: { LOW: 1 }, scanners: [] }),
  ]);
  if (!resolved.ok) throw new Error(JSON.stringify(resolved.failures));
  const { policy, origins } = resolved.value;
  expect(policy).toMatchObject({
    fixable: 'MEDIUM',
    unfixable: 'CRITICAL',
    licenses: { allow: ['MIT'], deny: ['MIT'] },
    graceDays: { HIGH: 3, LOW: 1 },
    scanners: [],
  });
  expect(origins).toMatchObject({
    fixable: 'scan-policy.json:2',
    unfixable: 'default',
    'licenses.deny': 'nx.json:6',
    'licenses.allow': 'a/scan-policy.json:3',
    'graceDays.HIGH': 'scan-policy.json:4',
    scanners: 'a/scan-policy.json:10',
  });
  expect(origins).not.toHaveProperty('licenses');
});

test.each<[string, PolicySource, RegExp[]]>([
  ['an unknown field', source('p.json', { fixible: 'HIGH' }), [/^p\.json:2: SCAN_POLICY_INVALID: .*fixible/]],
  ['an unknown field below a key', source('nx.json', { a: 1, x: { b: 1 } }, ['x']), [/^nx\.json:4: .*"b"/]],
  ['a wrong value', source('p.json', { epss: 2 }), [/^p\.json:2: .*epss/]],
  [
    'reachability that nobody finds out',
    source('p.json', { fixable: 'LOW', unreachable: 'warn' }),
    [/^p\.json:3: SCAN_POLICY_INVALID: unreachable: "warn" has no effect/],
  ],
  ['a Go database without a directory', source('p.json', { govulncheck: {} }), [/^p\.json:2: .*govulncheck/]],
  ['a wrong date', source('p.json', { graceDays: { HIGH: -1 } }), [/^p\.json:3: .*graceDays\.HIGH/]],
  [
    'no licence',
    source('p.json', { licenses: { allow: ['MIT', 'BSD'] } }),
    [/^p\.json:5: .*licenses\.allow\.1/],
  ],
  [
    'a suppression without an owner and with a wrong date',
    source('p.json', { suppressions: [{ id: 'CVE-1', reason: 'r', expires: 'never' }] }),
    [/^p\.json:3: .*suppressions\.0\.owner/, /^p\.json:6: .*suppressions\.0\.expires/],
  ],
  ['a list', source('p.json', []), [/^p\.json:1: .*the file/]],
  ['no JSON', { file: 'p.json', text: '{\n"fixable" "LOW"}' }, [/^p\.json:2: .*is not JSON/]],
  ['nothing', { file: 'p.json', text: '' }, [/^p\.json:1: .*is not JSON/]],
  ['a name that comes twice', { file: 'p.json', text: '{"epss":1,\n"epss":0}' }, [/^p\.json:2: .*twice/]],
])('%s is refused with its line', (_, file, expected) => {
  const found = messages(file);
  expect(found).toHaveLength(expected.length);
  for (const [index, pattern] of expected.entries()) expect(found[index]).toMatch(pattern);
});

test('the failures of all files are reported', () => {
  expect(messages(source('a.json', { x: 1 }), source('b.json', { y: 1 }))).toHaveLength(2);
});

test('comments are allowed, as in nx.json', () => {
  expect(
    messages({ file: 'nx.json', text: '{ // a word\n"scan-policy": {} }', under: ['scan-policy'] }),
  ).toEqual([]);
});
