import { isVersion, parsePlace, parseTarget } from '../../src/promotion/places';

const from = { registry: 'r.example', repository: 'team/api' };

test.each(['1.2.0', 'v1.2.0', 'v10.0.1-rc.1', '1.0.0_build.5'])('%s never moves', (tag) => {
  expect(isVersion(tag)).toBe(true);
});

test.each(['latest', 'v1', '1.2', 'stable-1.2.0', '1.2.0 '])('%s may move', (tag) => {
  expect(isVersion(tag)).toBe(false);
});

test('where an image goes', () => {
  expect(parseTarget('to', ':stable', from)).toEqual({ ok: true, value: { ...from, tag: 'stable' } });
  expect(parseTarget('to', '127.0.0.1:5000/a/b:1', from)).toMatchObject({
    value: { registry: '127.0.0.1:5000', repository: 'a/b', tag: '1' },
  });
});

test.each(['team/api:stable', 'r.example/api', `r.example/api@sha256:${'1'.repeat(64)}`, ':', 'R:1', ':a b'])(
  '--to=%s is refused',
  (text) => {
    const parsed = parseTarget('to', text, from);
    expect(parsed.ok ? [] : parsed.failures.map(({ code }) => code)).toEqual(['PROMOTE_PLACE_INVALID']);
  },
);

test('the host of a source is written out', () => {
  expect(parsePlace('from', 'api:1').ok).toBe(false);
  expect(parsePlace('from', 'r.example/api:1').ok).toBe(true);
});
