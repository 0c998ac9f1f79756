import * as fc from 'fast-check';
import { matchGlobPaths } from 'nx/src/native';
import { relate, toGlob, toWideExpression } from '../../../src/inference/declared/patterns';

test.each([
  ['dist/apps/api', 'dist/apps/api', 'inside'],
  ['dist/apps/api/main.js', 'dist/apps/api', 'inside'],
  ['dist/apps/api/main.js', 'dist/apps/api/**/*', 'inside'],
  ['dist/apps/api/', './dist/apps/api/**', 'inside'],
  ['dist', 'dist/apps/api', 'around'],
  ['', 'dist/apps/api', 'around'],
  ['dist/apps/*/main.js', 'dist/apps/api', 'inside'],
  ['dist/apps/*', 'dist/apps/api/main.js', 'around'],
  ['dist/apps/a*', 'dist/apps/web', 'apart'],
  ['dist/apps/*.js', 'dist/apps/*.css', 'apart'],
  ['dist/apps/main.*', 'dist/apps/*.css', 'inside'],
  ['dist/apps/api/main.js', 'dist/**/*.js', 'inside'],
  ['dist/apps/api/main.css', 'dist/**/*.js', 'around'],
  ['dist/apps/api2', 'dist/apps/api', 'apart'],
  ['dist/app(s)/x', 'dist/app(s)', 'inside'],
  ['dist/a.js', 'dist/{a,b}.js', 'inside'],
  ['dist/a.css', 'dist/{a,b}.js', 'apart'],
  ['dist/axjs', 'dist/a.js', 'apart'],
  ['dist/c.js', 'dist/x{a/b,c}.js', 'inside'],
  ['dist/a/b.js', 'dist/@(a/b|c).js', 'inside'],
  ['dist', 'dist/{a,b}.js', 'around'],
] as const)('%s is %s of or to %s', (source, output, relation) => {
  expect(relate(source, output)).toBe(relation);
});

const part = fc.constantFrom('a', 'ab', 'b', 'main.js', '[id]', 'x(y)');
const path = fc.array(part, { minLength: 1, maxLength: 4 });

test('of two paths without patterns, one lies in the other where its parts begin with those of the other', () => {
  const plain = fc.array(fc.constantFrom('a', 'b', 'ab'), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(plain, plain, (source, output) => {
      const [one, other] = [`${source.join('/')}/`, `${output.join('/')}/`];
      const expected = one.startsWith(other) ? 'inside' : other.startsWith(one) ? 'around' : 'apart';
      expect(relate(source.join('/'), output.join('/'))).toBe(expected);
    }),
  );
});

test('a path is never apart from a pattern that was made of it', () => {
  const blur = (parts: readonly string[], marks: readonly number[]): string =>
    parts
      .flatMap((one, index) => {
        const mark = marks[index] ?? 0;
        return mark === 1
          ? ['*']
          : mark === 2
            ? [`${one[0]}*`]
            : mark === 3
              ? ['**']
              : mark === 4
                ? ['**', one]
                : [one];
      })
      .join('/');
  fc.assert(
    fc.property(path, fc.array(fc.nat(4)), fc.array(fc.nat(4)), path, (parts, one, other, more) => {
      const names = parts.map((name) => name.replaceAll(/[[\]()]/g, '_'));
      const below = [...names, ...more.map((name) => name.replaceAll(/[[\]()]/g, '_'))];
      expect(relate(blur(below, one), blur(names, other))).not.toBe('apart');
      expect(relate(blur(names, one), blur(below, other))).not.toBe('apart');
    }),
  );
});

test('what is special to Nx becomes wider in a glob, and all else stays', () => {
  fc.assert(
    fc.property(path, (parts) => {
      const glob = toGlob(parts.join('/'));
      expect(glob).not.toMatch(/[[\](){}!+@?\\]/);
      if (!/[[(]/.test(parts.join(''))) expect(glob).toBe(parts.join('/'));
    }),
  );
  expect(toGlob('dist/[id]/a.js')).toBe('dist/*/a.js');
});

test.each([
  ['dist/{main,worker}.js', ['dist/main.js', 'dist/worker.js']],
  ['dist/app[12].js', ['dist/app1.js', 'dist/app2.js']],
  ['dist/x{a/b,c}.js', ['dist/xa/b.js', 'dist/xc.js']],
  ['dist/@(a|b)-!(c).js', ['dist/a-d.js']],
  ['dist/[id]/{p,q}', ['dist/[id]/p', 'dist/i/q']],
])('what %s matches is matched by the glob in the key', (pattern, files) => {
  const matched = matchGlobPaths([toGlob(pattern)], [...files, 'other']);
  expect(matched).toEqual([...files.map(() => true), false]);
});

test('a pattern of names matches all its alternatives', () => {
  for (const [pattern, name] of [
    ['build-{web,api}', 'build-api'],
    ['@scope/*', '@scope/a/b'],
    ['{a,b}c?d', 'bcxd'],
  ])
    expect(toWideExpression(pattern!).test(name!)).toBe(true);
  expect(toWideExpression('build-{web,api}').test('test-web')).toBe(false);
});
