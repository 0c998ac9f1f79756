import {
  describeLockChanges,
  encodeImagesLock,
  findManifest,
  type ImagesLock,
  lockedBase,
  parseImagesLock,
} from '@prism-build/registry';

const digest = (letter: string) => `sha256:${letter.repeat(64)}` as const;
const blob = (letter: string) => ({ mediaType: 'm', digest: digest(letter), size: 1 });
const lockOf = (letter: string, ...platforms: string[]): ImagesLock => ({
  version: 1,
  images: {
    'quay.io/a:1': {
      digest: digest(letter),
      platforms: Object.fromEntries(
        platforms.map((name) => [
          name,
          {
            manifest: blob(letter),
            config: blob('c'),
            layers: [{ ...blob('d'), diffID: digest('e'), uncompressedSize: 2 }],
            settings: { env: ['A=1'], labels: { z: '1', a: '2' } },
            history: [{ createdBy: 'x' }],
          },
        ]),
      ),
    },
  },
});

test('a lock comes back from its text, which is the same whatever the order', () => {
  const lock = lockOf('1', 'linux/arm64', 'linux/amd64');
  const text = encodeImagesLock(lock);
  expect(text).toBe(encodeImagesLock(lockOf('1', 'linux/amd64', 'linux/arm64')));
  expect(parseImagesLock(text, 'f')).toEqual({ ok: true, value: lock });
});

test.each(['', '{', '{"version":2,"images":{}}', '{"version":1,"images":{"a":{}}}', '{"version":1}'])(
  '%j is no lock',
  (text) => {
    const parsed = parseImagesLock(text, 'svc/images.lock.json');
    expect(parsed.ok || parsed.failures.map(({ code, at }) => `${at?.file} ${code}`)).toEqual([
      'svc/images.lock.json IMAGE_LOCK_INVALID',
    ]);
  },
);

test('a base has no layer of its own, and its platforms by name', () => {
  const base = lockedBase(lockOf('1', 'linux/amd64', 'linux/arm/v7').images['quay.io/a:1']!);
  expect(base.map(({ platform }) => platform)).toEqual([
    { os: 'linux', architecture: 'amd64' },
    { os: 'linux', architecture: 'arm', variant: 'v7' },
  ]);
  expect(base[0]!.layers[0]!.origin).toEqual({ base: digest('1') });
});

test('a manifest leads to its image', () => {
  const lock = lockOf('1', 'linux/amd64');
  expect(findManifest(lock, digest('1'))?.name).toBe('quay.io/a:1');
  expect(findManifest(lock, digest('2'))).toBeUndefined();
});

test('changes are a line for each image', () => {
  const [one, two] = [lockOf('1', 'linux/amd64'), lockOf('2', 'linux/amd64')];
  const none: ImagesLock = { version: 1, images: {} };
  expect(describeLockChanges(undefined, one)).toEqual([`+ quay.io/a:1  ${digest('1')}  (linux/amd64)`]);
  expect(describeLockChanges(one, one)).toEqual([]);
  expect(describeLockChanges(one, two)).toEqual([`~ quay.io/a:1  ${digest('1')} → ${digest('2')}`]);
  expect(describeLockChanges(one, lockOf('1', 'linux/amd64', 'linux/arm64'))).toEqual([
    '~ quay.io/a:1  for linux/amd64, linux/arm64',
  ]);
  expect(describeLockChanges(one, none)).toEqual([`- quay.io/a:1  ${digest('1')}`]);
});
