import { ok } from '@prism-build/errors';
import type { Entry, Layer } from '@prism-build/oci';
import { shareLayers } from '../src/sharedLayers';

const file = (path: string, more: object = {}): Entry => ({
  ...{ type: 'file', path, mode: 0o644, uid: 0, gid: 0, content: { kind: 'bytes', bytes: Buffer.from('x') } },
  ...more,
});

test('equal layers are packed once, and only these', async () => {
  const packed: string[] = [];
  const share = shareLayers(async (entries) => {
    packed.push(entries.map(({ path }) => path).join());
    return ok({ digest: `sha256:${packed.length}` } as Layer);
  });
  const lists: Entry[][] = [
    [file('a')],
    [file('a', { mode: 0o755 })],
    [file('a', { content: { kind: 'bytes', bytes: Buffer.from('y') } })],
    [file('a', { content: { kind: 'file', path: '/one', size: 1 } })],
    [file('a', { content: { kind: 'file', path: '/two', size: 1 } })],
    [file('a', { xattrs: { 'user.a': new Uint8Array([1]) } })],
    [file('a', { xattrs: { 'user.a': new Uint8Array([2]) } })],
    [file('a'), file('b')],
  ];
  const first = await Promise.all(lists.map(share));
  const again = await Promise.all(lists.map((entries) => share(structuredClone(entries))));
  expect(packed).toHaveLength(lists.length);
  expect(again).toEqual(first);
});
