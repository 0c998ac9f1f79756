import type { Answer, OracleCase } from './case';
import { judge } from './compare';

const base: OracleCase = { name: 'x', containerfile: 'FROM scratch\n' };
const image = (fields: Record<string, string>): Answer => ({
  kind: 'image',
  fields: new Map(Object.entries(fields)),
});
const refusal: Answer = { kind: 'refusal', code: 'CODE', text: 'no' };
const listed = { ...base, differences: { '/a mode': 'why' } };

/** The oracle itself: what passes, and what must not. */
test('a difference passes where it is listed, and only there', () => {
  const [native, podman] = [
    image({ '/a type': 'file', '/a mode': '1' }),
    image({ '/a type': 'file', '/a mode': '2' }),
  ];
  expect(judge(listed, native, podman, 'listed')).toEqual([]);
  expect(judge(base, native, podman, 'listed')).toEqual(['/a mode: native 1, podman 2']);
});

test('a listing that does not occur fails', () => {
  const same = image({ '/a type': 'file', '/a mode': '1' });
  expect(judge(listed, same, same, 'listed')).toEqual(['unused listing: /a mode']);
});

test('a path that one side lacks is one difference', () => {
  const native = image({ '/a type': 'file', '/a mode': '1', '/a owner': '0:0' });
  expect(judge(base, native, image({}), 'listed')).toEqual(['/a type: native file, podman nothing']);
});

test('a refusal passes where it is listed for that side and with our code', () => {
  const both: OracleCase = { ...base, refused: { by: 'both', code: 'CODE' } };
  expect(judge(both, refusal, refusal, 'listed')).toEqual([]);
  expect(judge(both, { ...refusal, code: 'OTHER' }, refusal, 'listed')).toHaveLength(1);
  expect(judge(both, refusal, image({}), 'listed')).toHaveLength(1);
  expect(judge(base, refusal, refusal, 'any')).toEqual([]);
  expect(judge(base, image({}), refusal, 'any')).toHaveLength(1);
});
