import {
  describeWheelChanges,
  encodeWheelsLock,
  mergeWheels,
  parseReport,
  readWheelsLock,
} from '../../src/lock/wheels/lockfile';

const hash = (digit: string) => digit.repeat(64);
const wheel = (name: string, version: string, ...hashes: string[]) => ({ name, version, hashes });
const reported = (name: string, version: string, sha256: string) => ({
  metadata: { name, version },
  download_info: { url: 'https://index.example/x.whl', archive_info: { hashes: { sha256 } } },
});
const never = (path: string) => {
  throw new Error(`no file is asked for, and yet ${path}`);
};
const reportOf = (...install: object[]) => JSON.stringify({ version: '1', pip_version: '23.0.1', install });

test('a report gives names as indexes write them, and no address', () => {
  const text = reportOf(reported('Typing_Extensions', '4.1', hash('a')));
  expect(parseReport(text, 'linux/amd64', never)).toEqual({
    ok: true,
    value: [wheel('typing-extensions', '4.1', hash('a'))],
  });
});

test('a wheel of a directory is hashed, since pip does not say its hash', () => {
  const download_info = { url: 'file:///wheels/a%20b.whl', archive_info: {} };
  const text = reportOf({ metadata: { name: 'a', version: '1' }, download_info });
  const hashOf = (path: string) => (path === '/wheels/a b.whl' ? hash('c') : '');
  expect(parseReport(text, 'linux/amd64', hashOf)).toEqual({ ok: true, value: [wheel('a', '1', hash('c'))] });
});

test.each([
  ['', 'no text'],
  ['{}', 'no report'],
  [JSON.stringify({ version: '2', install: [] }), 'another version'],
  [reportOf(reported('a', '1', 'short')), 'no hash'],
  [reportOf({ metadata: { name: 'a', version: '1' }, download_info: { dir_info: {} } }), 'a directory'],
])('%s is refused: %s', (text) => {
  expect(parseReport(text, 'linux/arm64', never)).toMatchObject({
    ok: false,
    failures: [{ code: 'WHEELS_UNRESOLVED', what: 'pip gave no report for linux/arm64' }],
  });
});

test('hashes of all platforms stand together, once, in an order of their own', () => {
  const amd64 = [wheel('b', '1', hash('2')), wheel('a', '1', hash('0'))];
  const arm64 = [wheel('a', '1', hash('0')), wheel('b', '1', hash('1'))];
  const both = [
    { machine: 'x86_64', wheels: amd64 },
    { machine: 'aarch64', wheels: arm64 },
  ];
  const merged = mergeWheels(both);
  expect(merged).toEqual({
    ok: true,
    value: [wheel('a', '1', hash('0')), wheel('b', '1', hash('1'), hash('2'))],
  });
  expect(mergeWheels([...both].reverse())).toEqual(merged);
  if (!merged.ok) throw new Error('merged');
  expect(encodeWheelsLock(merged.value)).toBe(
    `# Made of requirements.in by \`nx g prism:lock\`; not edited by hand.
a==1 \\
    --hash=sha256:${hash('0')}
b==1 \\
    --hash=sha256:${hash('1')} \\
    --hash=sha256:${hash('2')}
`,
  );
});

test('platforms that differ are named, with what each has', () => {
  const merged = mergeWheels([
    { machine: 'x86_64', wheels: [wheel('a', '1', hash('0')), wheel('b', '1', hash('1'))] },
    { machine: 'aarch64', wheels: [wheel('a', '2', hash('2'))] },
  ]);
  expect(merged).toMatchObject({
    ok: false,
    failures: [{ code: 'WHEELS_UNRESOLVED', why: 'a: 1, 2' }],
  });
});

test('what only one platform needs has its marker, and is read back', () => {
  const merged = mergeWheels([
    { machine: 'x86_64', wheels: [wheel('a', '1', hash('0')), wheel('b', '1', hash('1'))] },
    { machine: 'aarch64', wheels: [wheel('a', '1', hash('2'))] },
  ]);
  if (!merged.ok) throw new Error('merged');
  const text = encodeWheelsLock(merged.value);
  expect(text).toContain('a==1 \\\n');
  expect(text).toContain('b==1 ; platform_machine == "x86_64" \\\n    --hash');
  expect(readWheelsLock(text)).toEqual(merged.value);
  const everywhere = [merged.value[0]!, wheel('b', '1', hash('1'))];
  expect(describeWheelChanges(text, everywhere)).toEqual(['  b 1: all platforms']);
});

test('what changes is said a line each, and nothing where nothing does', () => {
  const before = [
    wheel('a', '1', hash('0')),
    wheel('b', '1', hash('1'), hash('2')),
    wheel('c', '1', hash('3')),
  ];
  const text = encodeWheelsLock(before);
  expect(describeWheelChanges(text, before)).toEqual([]);
  const after = [wheel('b', '1', hash('1')), wheel('c', '2', hash('4')), wheel('d', '1', hash('5'))];
  expect(describeWheelChanges(text, after)).toEqual(['- a 1', '  b 1: other bytes', '  c 1 → 2', '+ d 1']);
  expect(describeWheelChanges('', after.slice(2))).toEqual(['+ d 1']);
});
