import {
  chmodSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import {
  blobPath,
  encodeDigestJson,
  hexOf,
  materialize,
  publishImage,
  validateLayout,
  verifyImage,
} from '../src/index';
import { codesOf, good, makeDirectory, makeImage, makeStore, removeDirectories, type Sample } from './images';

afterAll(removeDirectories);

interface Published extends Sample {
  readonly root: string;
  readonly dir: string;
  readonly publish: (sample?: Sample) => ReturnType<typeof publishImage>;
}

async function publishSample(): Promise<Published> {
  const sample = await makeImage(await makeStore());
  const root = makeDirectory();
  const dir = join(root, 'image');
  const publish = ({ built, store }: Sample = sample) =>
    publishImage(dir, { digestJson: built.digestJson, store, lockPath: join(root, 'lock'), keep: ['debug'] });
  good(await publish());
  return { ...sample, root, dir, publish };
}

function rewrite(path: string, change: (bytes: Buffer) => Buffer): void {
  const bytes = change(readFileSync(path));
  rmSync(path);
  writeFileSync(path, bytes);
}

const flip = (at: number) => (bytes: Buffer) => {
  bytes[at % bytes.length]! ^= 0x40;
  return bytes;
};

test('an image directory holds its own blobs and nothing else', async () => {
  const { dir, built, store, layers } = await publishSample();
  expect(good(await verifyImage(dir, { deep: 'hashes' }))).toEqual(built.digestJson);
  expect(readdirSync(dir).sort()).toEqual(['blobs', 'digest.json']);
  expect(readdirSync(join(dir, 'blobs', 'sha256'))).toHaveLength(7);
  const layer = layers[0].digest;
  expect(statSync(blobPath(dir, layer)).ino).toBe(statSync(blobPath(store.directory, layer)).ino);
});

test('a second image replaces the first; strangers go, variants stay', async () => {
  const { dir, publish, store } = await publishSample();
  const next = await makeImage(store, 'other\n');
  writeFileSync(join(dir, 'stray'), '');
  writeFileSync(join(dir, 'blobs', 'sha256', '.tmp-left'), '');
  mkdirSync(join(dir, 'debug'));
  good(await publish(next));
  expect(readdirSync(dir).sort()).toEqual(['blobs', 'debug', 'digest.json']);
  expect(readdirSync(join(dir, 'blobs', 'sha256'))).toHaveLength(7);
  expect(good(await verifyImage(dir, { deep: 'hashes' }))).toEqual(next.built.digestJson);
});

test('every violation is listed, and publishing again repairs it', async () => {
  const { dir, built, publish, layers } = await publishSample();
  const [first, second] = built.digestJson.platforms;
  for (const at of [0, 1, 50, 200]) {
    rewrite(blobPath(dir, layers[0].digest), flip(at));
    rewrite(blobPath(dir, layers[1].digest), (bytes) => bytes.subarray(0, 9));
    rmSync(blobPath(dir, first!.manifest.digest));
    rewrite(blobPath(dir, second!.config.digest), flip(at));
    expect(codesOf(await verifyImage(dir, { deep: 'hashes' })).sort()).toEqual([
      'BLOB_CORRUPT',
      'BLOB_CORRUPT',
      'BLOB_CORRUPT',
      'BLOB_MISSING',
    ]);
    good(await publish());
    good(await verifyImage(dir, { deep: 'hashes' }));
  }
});

test('sizes alone do not see a flipped byte of a layer, but always one of a manifest', async () => {
  const { dir, built, layers } = await publishSample();
  rewrite(blobPath(dir, layers[0].digest), flip(3));
  good(await verifyImage(dir, { deep: 'sizes' }));
  rewrite(blobPath(dir, built.digestJson.platforms[0]!.manifest.digest), flip(3));
  expect(codesOf(await verifyImage(dir, { deep: 'sizes' }))).toEqual(['BLOB_CORRUPT']);
});

test('a digest.json that does not fit its blobs is found', async () => {
  const { dir, built } = await publishSample();
  const file = join(dir, 'digest.json');
  const [first, second] = built.digestJson.platforms;
  const lie = { ...built.digestJson, platforms: [{ ...first!, user: 'root' }, second!] };
  writeFileSync(file, encodeDigestJson(lie));
  expect(codesOf(await verifyImage(dir, { deep: 'sizes' }))).toEqual(['IMAGE_INCONSISTENT']);
  const swapped = { ...first!, config: second!.config };
  writeFileSync(file, encodeDigestJson({ ...built.digestJson, platforms: [swapped, second!] }));
  expect(codesOf(await verifyImage(dir, { deep: 'sizes' })).length).toBeGreaterThan(1);
  writeFileSync(file, '{}');
  expect(codesOf(await verifyImage(dir, { deep: 'sizes' }))).toEqual(['DIGEST_JSON_INVALID']);
  rmSync(file);
  expect(codesOf(await verifyImage(dir, { deep: 'sizes' }))).toEqual(['DIGEST_JSON_MISSING']);
});

test('a blob that the store has lost or altered is reported, and the old image stays', async () => {
  const { dir, publish, built, store } = await publishSample();
  const next = await makeImage(store, 'other\n');
  rewrite(blobPath(store.directory, next.layers[0].digest), flip(7));
  rmSync(blobPath(store.directory, next.layers[1].digest));
  expect(codesOf(await publish(next)).sort()).toEqual(['BLOB_CORRUPT', 'BLOB_MISSING']);
  expect(good(await verifyImage(dir, { deep: 'hashes' }))).toEqual(built.digestJson);
});

test('what was hashed as it was written is not read again, but has to be there whole', async () => {
  const { dir, root, built, store } = await publishSample();
  const { built: next, layers: fresh } = await makeImage(store, 'other\n');
  const written = new Set([fresh[0].digest]);
  const publish = () =>
    publishImage(dir, { digestJson: next.digestJson, store, lockPath: join(root, 'lock'), written });
  const path = blobPath(store.directory, fresh[0].digest);
  const bytes = readFileSync(path);
  rewrite(path, (old) => old.subarray(1));
  expect(codesOf(await publish())).toEqual(['BLOB_CORRUPT']);
  expect(codesOf(await publish())).toEqual(['BLOB_MISSING']);
  expect(good(await verifyImage(dir, { deep: 'hashes' }))).toEqual(built.digestJson);
  writeFileSync(path, bytes);
  // The other layer is not among those that were written here.
  const other = blobPath(store.directory, fresh[1].digest);
  const whole = readFileSync(other);
  rewrite(other, flip(3));
  expect(codesOf(await publish())).toEqual(['BLOB_CORRUPT']);
  writeFileSync(other, whole);
  good(await publish());
  expect(good(await verifyImage(dir, { deep: 'hashes' }))).toEqual(next.digestJson);
});

test('a layout has everything, is made once, and is made again when it was altered', async () => {
  const { dir, root, store, built, layers } = await publishSample();
  const outDir = join(root, 'layout');
  const make = () => materialize({ store, imageDirs: [dir], outDir, lockPath: join(root, 'lock') });
  expect(good(await make())).toEqual(built.digestJson.index);
  expect(good(await validateLayout(outDir, { diffIDs: true }))).toEqual([built.digestJson.index]);
  expect(readdirSync(join(outDir, 'blobs', 'sha256'))).toHaveLength(8);
  const before = statSync(outDir).ino;
  good(await make());
  expect(statSync(outDir).ino).toBe(before);
  rewrite(blobPath(outDir, layers[0].digest), flip(30));
  good(await make());
  expect(statSync(outDir).ino).not.toBe(before);
  good(await validateLayout(outDir, { diffIDs: true }));
  expect(readdirSync(root).sort()).toEqual(['image', 'layout']);
});

test('a store that was lost is filled from the image directories; a lost base is named', async () => {
  const { dir, root, built } = await publishSample();
  const empty = await makeStore();
  const options = { store: empty, outDir: join(root, 'layout'), lockPath: join(root, 'lock') };
  const base = built.digestJson.platforms[0]!.layers[0]!.digest;
  const missing = await materialize({ ...options, imageDirs: [dir] });
  expect(codesOf(missing)).toEqual(['BLOB_MISSING']);
  expect(missing.ok ? '' : missing.failures[0]!.what).toContain(hexOf(base));
  expect(readdirSync(root)).toEqual(['image']);
});

test('all violations of a layout are listed', async () => {
  const { dir, root, store, layers, built } = await publishSample();
  const outDir = join(root, 'layout');
  good(await materialize({ store, imageDirs: [dir], outDir, lockPath: join(root, 'lock') }));
  const copy = join(root, 'copy');
  cpSync(outDir, copy, { recursive: true });
  chmodSync(blobPath(copy, layers[0].digest), 0o644);
  writeFileSync(blobPath(copy, layers[0].digest), 'short');
  rmSync(blobPath(copy, layers[1].digest));
  rmSync(blobPath(copy, built.digestJson.platforms[0]!.config.digest));
  writeFileSync(join(copy, 'oci-layout'), '{"imageLayoutVersion":"9"}');
  expect(codesOf(await validateLayout(copy)).sort()).toEqual([
    'BLOB_CORRUPT',
    'BLOB_MISSING',
    'BLOB_MISSING',
    'LAYOUT_INVALID',
  ]);
  writeFileSync(join(copy, 'index.json'), 'no json');
  expect(codesOf(await validateLayout(copy))).toEqual(['LAYOUT_INVALID', 'LAYOUT_INVALID']);
});
