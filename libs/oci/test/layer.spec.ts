import { createHash } from 'node:crypto';
import { createReadStream, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import {
  blobPath,
  CHUNK_SIZE,
  type Compression,
  decompressLayer,
  LAYER_TYPES,
  type Layer,
  type LayerEntries,
  putBlob,
  putLayer,
  visitLayer,
} from '../src/index';
import { codesOf, good, makeDirectory, makeStore, removeDirectories, sampleTree } from './images';

afterAll(removeDirectories);

const GOLDENS: Record<Compression, string> = {
  none: 'sha256:6ceea63b0b60d4a405462d447855f4363c5c744de357cced3821c6465e0bad36',
  gzip: 'sha256:1e65a294785338c8e6cc02aa9696ac691121e3827e1d0f9cfd6518ddd353b29c',
  zstd: 'sha256:e30137d4db1b19da5346d014fd7f47a18b8a26d82b9390cc5025db91eb47c0ef',
};
const KINDS = ['none', 'gzip', 'zstd'] as const;

async function diffIDOf(directory: string, layer: Layer): Promise<string> {
  const hash = createHash('sha256');
  const source = createReadStream(blobPath(directory, layer.digest));
  for await (const chunk of decompressLayer(layer.mediaType, source)) hash.update(chunk);
  return `sha256:${hash.digest('hex')}`;
}

async function drain(mediaType: string, bytes: Uint8Array, step = 7): Promise<Buffer> {
  async function* source() {
    for (let at = 0; at < bytes.length; at += step) yield bytes.subarray(at, at + step);
  }
  const chunks: Uint8Array[] = [];
  for await (const chunk of decompressLayer(mediaType, source())) chunks.push(chunk);
  return Buffer.concat(chunks);
}

test.each(KINDS)('%s: a fixed tree has a fixed digest', async (compression) => {
  const store = await makeStore();
  const layer = good(await putLayer(store, sampleTree(), { compression }));
  expect(layer.digest).toBe(GOLDENS[compression]);
  expect(layer.mediaType).toBe(LAYER_TYPES[compression]);
  expect(await diffIDOf(store.directory, layer)).toBe(layer.diffID);
});

/** Every kilobyte is another, and yet they compress fast. */
function countedBytes(size: number): Buffer {
  const bytes = Buffer.alloc(size);
  for (let at = 0; at + 4 <= size; at += 1024) bytes.writeUInt32LE(Math.imul(at, 2654435761) >>> 0, at);
  return bytes;
}

test.each(KINDS)('%s: a layer of several frames comes back whole', async (compression) => {
  const store = await makeStore();
  const path = join(makeDirectory(), 'big');
  const bytes = countedBytes(CHUNK_SIZE + 12345);
  writeFileSync(path, bytes);
  const content = { kind: 'file', path, size: bytes.length } as const;
  const tree: LayerEntries = [{ type: 'file', path: 'big', mode: 0o755, uid: 0, gid: 0, content }];
  const layer = good(await putLayer(store, tree, { compression }));
  expect(await diffIDOf(store.directory, layer)).toBe(layer.diffID);
  const inMemory: LayerEntries = [{ ...tree[0]!, type: 'file', content: { kind: 'bytes', bytes } }];
  expect(good(await putLayer(store, inMemory, { compression }))).toEqual(layer);
});

test('a file that changed since it was planned is refused', async () => {
  const store = await makeStore();
  const path = join(makeDirectory(), 'f');
  writeFileSync(path, 'twelve bytes');
  const tree: LayerEntries = [
    { type: 'file', path: 'f', mode: 0o644, uid: 0, gid: 0, content: { kind: 'file', path, size: 12 } },
  ];
  good(await putLayer(store, tree, { compression: 'none' }));
  truncateSync(path, 5);
  expect(codesOf(await putLayer(store, tree, { compression: 'none' }))).toEqual(['LAYER_SOURCE_CHANGED']);
});

test('several gzip members, as other tools write them, are one layer', async () => {
  const bytes = Buffer.concat([gzipSync('one '), gzipSync('two')]);
  expect((await drain(LAYER_TYPES.gzip, bytes)).toString()).toBe('one two');
});

test.each([
  ['garbage', Buffer.from('this is no zstd frame')],
  ['a cut frame', Buffer.from('28b52ffd0058', 'hex')],
  ['a false size', Buffer.from('28b52ffde0ffffffff7fffffff010000', 'hex')],
])('zstd: %s is refused', async (_, bytes) => {
  await expect(drain(LAYER_TYPES.zstd, bytes)).rejects.toThrow();
});

test('a skippable frame is passed over', async () => {
  const store = await makeStore();
  const layer = good(await putLayer(store, sampleTree(), { compression: 'zstd' }));
  const skippable = Buffer.from('502a4d1803000000aabbcc', 'hex');
  const bytes = Buffer.concat([skippable, readFileSync(blobPath(store.directory, layer.digest)), skippable]);
  expect((await drain(LAYER_TYPES.zstd, bytes)).length).toBe(layer.uncompressedSize);
});

test('a layer of the store is visited entry by entry', async () => {
  const store = await makeStore();
  const layer = good(await putLayer(store, sampleTree(), { compression: 'zstd' }));
  const seen: string[] = [];
  const visited = await visitLayer(store, layer, async ({ header, content }) => {
    let size = 0;
    for await (const chunk of content) size += chunk.length;
    seen.push(`${header.type} ${header.path} ${size}`);
  });
  good(visited);
  expect(seen.slice(0, 4)).toEqual([
    'symlink bin 0',
    'directory usr 0',
    'directory usr/bin 0',
    'file usr/bin/hello 6',
  ]);
});

test.each([
  ['no zstd', LAYER_TYPES.zstd, 'LAYER_UNREADABLE'],
  ['no gzip', LAYER_TYPES.gzip, 'LAYER_UNREADABLE'],
  ['no tar', LAYER_TYPES.none, 'LAYER_UNREADABLE'],
  ['no layer', 'application/json', 'MEDIA_TYPE_UNSUPPORTED'],
])('%s is a failure, not an exception', async (text, mediaType, code) => {
  const store = await makeStore();
  const blob = good(await putBlob(store, mediaType, Buffer.from(text.repeat(300))));
  expect(codesOf(await visitLayer(store, blob, () => {}))).toEqual([code]);
});
