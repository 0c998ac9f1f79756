import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ok } from '@prism-build/errors';
import type { Run } from '@prism-build/shell';
import { readStack } from '@prism-build/stack';
import { describeLimits, readLimits } from '../../src/stack/readLimits';

const file = join(__dirname, '../../../../deploy/prism-stack/stack.yaml');
const read = readStack(readFileSync(file, 'utf8'), 'stack.yaml');
if (!read.ok) throw new Error(JSON.stringify(read.failures));
const stack = read.value;

const saying = (stdout: string) => {
  const call: Run = async () => ok({ stdout, stderr: '' });
  return { call };
};

test.each([
  ['rootless on version 1 of cgroups', 'true []\n', []],
  ['rootless, memory is not delegated', 'true [cpu pids]\n', []],
  ['rootless, memory is delegated', 'true [memory pids]\n', undefined],
  ['a rootful Podman that this user reaches', 'false [cpu memory]\n', undefined],
  ['a Podman that says something else', 'what?\n', undefined],
])('what Podman can limit: %s', async (_what, said, limits) => {
  expect(await readLimits(saying(said), stack, false)).toEqual(ok(limits));
});

test('root is not asked, nor is anybody for a stack without resources', async () => {
  const silent = saying('');
  expect(await readLimits(silent, stack, true)).toEqual(ok(undefined));
  const containers = stack.spec.containers.map(({ resources: _, ...one }) => one);
  const plain = { ...stack, spec: { ...stack.spec, containers } };
  expect(await readLimits(silent, plain, false)).toEqual(ok(undefined));
  expect(await readLimits(silent, stack, false)).toMatchObject({ ok: false });
});

test('limits without effect are named', () => {
  expect(describeLimits(stack, [])).toContain('runs without limits of memory');
});
