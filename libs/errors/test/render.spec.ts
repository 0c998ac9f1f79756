import * as catalogue from '../src/index';
import { all, defineCatalogue, failed, ok, renderFailure, renderFailures } from '../src/index';

const demo = defineCatalogue({
  SOME_CODE: { remedy: 'Do this.' },
  LATER: { remedy: 'Wait.' },
});

test('a failure says place, code, what, every line of the cause, and what to do', () => {
  const failure = demo('SOME_CODE', { what: 'it broke', why: 'one\ntwo\n', at: { file: 'a/F', line: 7 } });
  expect(renderFailure(failure)).toBe(
    'a/F:7: SOME_CODE: it broke\n  cause: one\n  cause: two\n  to do: Do this.',
  );
});

test('a place may have no line, and a failure no place and no cause', () => {
  expect(renderFailure(demo('SOME_CODE', { what: 'x', at: { file: 'F' } }))).toBe(
    'F: SOME_CODE: x\n  to do: Do this.',
  );
  expect(renderFailure(demo('SOME_CODE', { what: 'x' }))).toBe('SOME_CODE: x\n  to do: Do this.');
});

test('an occasion replaces the remedy of the catalogue', () => {
  expect(demo('LATER', { what: 'x', remedy: 'Now.' }).remedy).toBe('Now.');
  expect(demo('LATER', { what: 'x' }).remedy).toBe('Wait.');
});

test('several failures are one after the other, none is lost', () => {
  const one = demo('SOME_CODE', { what: 'x' });
  const two = demo('LATER', { what: 'y' });
  const entry = (code: string) => `  more: node_modules/prism/docs/errors.md#${code}`;
  expect(renderFailures([one, two])).toBe(
    [renderFailure(one), entry('some_code'), renderFailure(two), entry('later')].join('\n'),
  );
  expect(all([ok(1), failed(one), ok(2), failed(two)])).toEqual({ ok: false, failures: [one, two] });
  expect(all([ok(1), ok(2)])).toEqual({ ok: true, value: [1, 2] });
});

test('a report names the entry of each code once', () => {
  const text = renderFailures([
    demo('SOME_CODE', { what: 'x' }),
    demo('SOME_CODE', { what: 'y' }),
    demo('LATER', { what: 'z' }),
  ]);
  expect(text.match(/errors\.md#\w+/g)).toEqual(['errors.md#some_code', 'errors.md#later']);
});

test('each part of the catalogue fills in the remedy of a code', () => {
  const failures = [
    catalogue.shellFailure('DISK_FULL', { what: 'x' }),
    catalogue.compileFailure('DEPENDENCIES_NOT_FETCHED', { what: 'x' }),
    catalogue.imageFailure('COPY_SOURCE_MISSING', { what: 'x' }),
  ];
  expect(failures.map(({ code }) => code)).toEqual([
    'DISK_FULL',
    'DEPENDENCIES_NOT_FETCHED',
    'COPY_SOURCE_MISSING',
  ]);
  for (const { remedy } of failures) expect(remedy).not.toBe('');
});

test('a failure that occurs for every platform is printed once and names the platforms', () => {
  const at = { file: 'F', line: 2 };
  const missing = demo('SOME_CODE', { what: 'no x', at });
  const ran = (platform: string) => demo('SOME_CODE', { what: `status 1 for ${platform}`, at });
  const text = renderFailures([
    missing,
    ran('linux/amd64'),
    missing,
    ran('linux/arm64'),
    ran('linux/arm/v7'),
  ]);
  expect(text.match(/F:2/g)).toHaveLength(2);
  expect(text).toContain('status 1 for linux/amd64, linux/arm64 and linux/arm/v7\n');
  // Another line, cause or code is another failure.
  const others = [missing, { ...missing, at: { file: 'F', line: 3 } }, { ...missing, why: 'y' }];
  expect(renderFailures(others).match(/SOME_CODE/g)).toHaveLength(3);
  const both = [
    demo('SOME_CODE', { what: 'for linux/amd64 is linux/arm64' }),
    demo('SOME_CODE', { what: 'for linux/arm64 is linux/amd64' }),
  ];
  expect(renderFailures(both)).toContain('for linux/amd64 is linux/arm64; for linux/arm64 is linux/amd64');
});
