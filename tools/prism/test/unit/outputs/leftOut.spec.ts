import { parseIgnoreFile } from '@prism-build/containerfile';
import { openLeftOut } from '../../../src/inference/outputs/leftOut';

test.each<[context: string, ignored: string, path: string, expected: boolean]>([
  ['.', 'dist', 'dist', true],
  ['.', 'dist', 'dist/apps/api', true],
  ['.', 'dist', 'dist/*/main.js', true],
  ['.', 'dist', 'distant', false],
  ['.', '*', 'dist/apps/api', true],
  ['.', '*\n!dist', 'dist/apps/api', false],
  // A directory that is left out and comes back in part.
  ['.', 'dist\n!dist/apps', 'dist/apps/api', false],
  ['.', 'dist\n!dist/apps', 'dist', false],
  ['.', 'dist\n!dist/apps', 'dist/*', false],
  ['.', 'dist\n!dist/apps', 'dist/libs/util', true],
  ['.', '', 'dist', false],
  ['.', 'dist', '', false],
  ['apps/api', 'dist', 'apps/api/dist', true],
  ['apps/api', 'dist', 'dist/apps/api', false],
  ['apps/api', '*', 'libs/util', false],
])('context %s, ignore file %j: %j is left out: %s', (context, ignored, path, expected) => {
  const rules = parseIgnoreFile(ignored, '.dockerignore');
  if (!rules.ok) throw new Error(JSON.stringify(rules.failures));
  expect(openLeftOut(context, rules.value)(path)).toBe(expected);
});
