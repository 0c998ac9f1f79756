import { ok } from '@prism-build/errors';
import type { Run } from '@prism-build/shell';
import { listOwnPods } from '../../src/stack/pod';

const printing = (...outputs: string[]) => {
  const call: Run = async () => ok({ stdout: outputs.shift() ?? '', stderr: '' });
  return { call, owner: 'shop.01234567' };
};

test('a Podman that was stopped says nothing about pods: it is asked again, and does not stand for "no pods"', async () => {
  expect(await listOwnPods(printing('[]\n'))).toEqual(ok([]));
  expect(await listOwnPods(printing('', '\n', '[{"Name": "shop"}]\n'))).toEqual(ok(['shop']));
  expect(await listOwnPods(printing())).toMatchObject({ ok: false, failures: [{ code: 'ENGINE_FAILED' }] });
});
