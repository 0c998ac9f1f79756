import { base } from '../../../src/generate';
import { outcome, snapshot, treeOf } from './trees';

test('a base of packages; twice is once, also with a lock', async () => {
  const tree = treeOf({});
  const options = { name: 'node', packages: 'nodejs, libpq5,nodejs', entrypoint: '/usr/bin/node' };
  const { error, output } = await outcome(() => base(tree, options));
  expect(error).toBe('');
  expect(output).toContain('npx nx g prism:lock --project=base-node\n');
  expect(JSON.parse(tree.read('containerfiles/node/rootfs.json', 'utf-8')!)).toMatchObject({
    suite: 'bookworm',
    packages: ['base-files', 'ca-certificates', 'libpq5', 'netbase', 'nodejs', 'tzdata'],
  });
  const image = tree.read('containerfiles/node/Containerfile', 'utf-8')!;
  expect(image).toContain('FROM scratch\nCOPY --from=rootfs / /\nCOPY etc /etc\n');
  expect(image).toMatch(/USER 65532:65532\nWORKDIR \/home\/nonroot\nENTRYPOINT \["\/usr\/bin\/node"\]\n$/);
  expect(tree.read('containerfiles/node/etc/passwd', 'utf-8')).toContain('nonroot:x:65532:65532:');
  tree.write('containerfiles/node/rootfs.lock.json', '{}');
  const before = snapshot(tree);
  expect((await outcome(() => base(tree, options))).output).toContain('nothing changed');
  expect(snapshot(tree)).toEqual(before);
  expect((await outcome(() => base(tree, { ...options, packages: 'nodejs' }))).error).toMatch(
    /^containerfiles\/node\/rootfs\.json: FILE_DIFFERS/m,
  );
  expect(snapshot(tree)).toEqual(before);
});

test.each<[object, RegExp]>([
  [{ name: 'Node' }, /NAME_INVALID/],
  [{ name: 'x', packages: 'no such; name' }, /containerfiles\/x\/rootfs\.json: ROOTFS_INVALID/],
  [{ name: 'x', entrypoint: 'node' }, /OPTIONS_INVALID: "node" is not a path of a program/],
  [
    { name: 'taken' },
    /NAME_TAKEN: containerfiles\/taken is there already.*\n {2}cause: containerfiles\/taken\/start/,
  ],
])('%j is refused', async (options, message) => {
  const tree = treeOf({ 'containerfiles/taken/start': '' });
  const before = snapshot(tree);
  expect((await outcome(() => base(tree, options))).error).toMatch(message);
  expect(snapshot(tree)).toEqual(before);
});
