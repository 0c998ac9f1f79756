import { isAbsoluteMode, readMode } from '../src/index';

const change = (chmod: string, mode: number, isDirectory = false): string | undefined =>
  readMode(chmod)?.(mode, isDirectory).toString(8);

test.each([
  ['755', 0o644, '755'],
  ['0755', 0o644, '755'],
  ['0000000755', 0o644, '755'],
  ['4755', 0o644, '4755'],
  ['1777', 0o644, '1777'],
  ['7777', 0o644, '7777'],
  ['0', 0o644, '0'],
  ['u+x', 0o644, '744'],
  ['u+x,go-w', 0o666, '744'],
  ['+x', 0o644, '755'],
  ['a=rX', 0o644, '444'],
  ['a=rX', 0o755, '555'],
  ['go=', 0o755, '700'],
  ['=', 0o4755, '0'],
  ['u=rwX,go=rX', 0o600, '644'],
  ['u=rwX,go=rX', 0o700, '755'],
  ['+X', 0o644, '644'],
  ['+X', 0o744, '755'],
  ['-X', 0o755, '644'],
  ['go=u', 0o750, '777'],
  ['go=u-w', 0o750, '755'],
  ['o+g', 0o750, '755'],
  ['u-g', 0o750, '250'],
  ['u+s', 0o755, '4755'],
  ['g+s', 0o755, '2755'],
  ['+s', 0o755, '6755'],
  ['o+s', 0o755, '755'],
  ['+t', 0o777, '1777'],
  ['ug+rw-x', 0o755, '665'],
  ['u+', 0o644, '644'],
  ['u+x,go+X', 0o644, '744'],
])('--chmod=%s of %o gives %s', (chmod, mode, expected) => {
  expect(change(chmod, mode)).toBe(expected);
});

test('X gives directories their execute bits', () => {
  expect(change('a=rX', 0o700, true)).toBe('555');
  expect(change('u=rwX,go=rX', 0o600, true)).toBe('755');
});

test.each([
  '8',
  '08',
  '0o755',
  '10000',
  '77777',
  '75x',
  'x',
  'u',
  'u+x,',
  ',u+x',
  'u*x',
  'u+z',
  'a+a',
  'rwx',
  '-',
])('--chmod=%s is %s', (chmod) => {
  expect(readMode(chmod) === undefined).toBe(chmod !== '-');
});

test('only an octal mode is absolute: others depend on the source', () => {
  expect(['755', '0', 'u+x', '+X', 'a=r'].filter(isAbsoluteMode)).toEqual(['755', '0']);
});
