import {
  chmodSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { otherFileSystem, testWith } from '../../../test/support/needs';
import { describeSystemError } from '../src/disk/failures';
import {
  blobPath,
  digestOf,
  hasBlob,
  ingestBlob,
  linkBlob,
  putBlob,
  readBlob,
  sweepStore,
  verifyBlob,
} from '../src/index';
import { codesOf, good, makeDirectory, makeStore, removeDirectories } from './images';

afterAll(removeDirectories);

const BYTES = Buffer.from('some bytes');

function alter(path: string, at: number): void {
  const bytes = readFileSync(path);
  bytes[at]! ^= 1;
  chmodSync(path, 0o644);
  writeFileSync(path, bytes);
}

test('bytes and streams are stored read-only, and read back', async () => {
  const store = await makeStore();
  async function* source() {
    yield BYTES.subarray(0, 4);
    yield BYTES.subarray(4);
  }
  const first = good(await putBlob(store, 'a/b', BYTES));
  expect(good(await putBlob(store, 'a/b', source()))).toEqual(first);
  expect(first).toEqual({ mediaType: 'a/b', digest: digestOf(BYTES), size: BYTES.length });
  expect(Buffer.from(good(await readBlob(store, first.digest)))).toEqual(BYTES);
  expect(statSync(blobPath(store.directory, first.digest)).mode & 0o777).toBe(0o444);
  expect(await hasBlob(store, first)).toBe(true);
});

test.each([0, 4, 9])(
  'a blob with byte %i flipped is found, removed and healed by the next put',
  async (at) => {
    const store = await makeStore();
    const blob = good(await putBlob(store, 'a/b', BYTES));
    alter(blobPath(store.directory, blob.digest), at);
    expect(codesOf(await readBlob(store, blob.digest))).toEqual(['BLOB_CORRUPT']);
    expect(codesOf(await readBlob(store, blob.digest))).toEqual(['BLOB_MISSING']);
    good(await putBlob(store, 'a/b', BYTES));
    alter(blobPath(store.directory, blob.digest), at);
    expect(codesOf(await verifyBlob(store, blob))).toEqual(['BLOB_CORRUPT']);
    good(await putBlob(store, 'a/b', BYTES));
    alter(blobPath(store.directory, blob.digest), at);
    good(await putBlob(store, 'a/b', BYTES));
    good(await verifyBlob(store, blob));
  },
);

test('a truncated blob is no blob', async () => {
  const store = await makeStore();
  const blob = good(await putBlob(store, 'a/b', BYTES));
  truncateSync(blobPath(store.directory, blob.digest), 3);
  expect(await hasBlob(store, blob)).toBe(false);
  expect(codesOf(await linkBlob(store, blob, join(makeDirectory(), 'x')))).toEqual(['BLOB_CORRUPT']);
});

test('a failing source leaves nothing behind', async () => {
  const store = await makeStore();
  const broken = async function* () {
    yield BYTES;
    throw Object.assign(new Error('ENOSPC: no space left'), { code: 'ENOSPC', syscall: 'write', path: '/x' });
  };
  expect(codesOf(await putBlob(store, 'a/b', broken()))).toEqual(['DISK_FULL']);
  expect(readdirSync(join(store.directory, 'blobs', 'sha256'))).toEqual([]);
});

test('a link is the same file, replaces what was there, and may be repeated', async () => {
  const store = await makeStore();
  const blob = good(await putBlob(store, 'a/b', BYTES));
  const directory = makeDirectory();
  const target = join(directory, 'x');
  writeFileSync(target, 'old');
  for (let round = 0; round < 2; round += 1) good(await linkBlob(store, blob, target));
  expect(statSync(target).ino).toBe(statSync(blobPath(store.directory, blob.digest)).ino);
  expect(readdirSync(directory)).toEqual(['x']);
});

testWith([otherFileSystem], 'across file systems a link is a copy', async () => {
  const store = await makeStore();
  const blob = good(await putBlob(store, 'a/b', BYTES));
  const target = `/dev/shm/prism-oci-${process.pid}`;
  good(await linkBlob(store, blob, target));
  expect(readFileSync(target)).toEqual(BYTES);
  expect(statSync(target).mode & 0o777).toBe(0o444);
  rmSync(target);
});

test('only what matches its digest is taken over', async () => {
  const store = await makeStore();
  const file = join(makeDirectory(), 'f');
  writeFileSync(file, BYTES);
  const blob = { digest: digestOf(BYTES), size: BYTES.length };
  good(await ingestBlob(store, file, blob));
  good(await verifyBlob(store, blob));
  const other = { digest: digestOf(Buffer.from('x')), size: BYTES.length };
  expect(codesOf(await ingestBlob(store, file, other))).toEqual(['BLOB_CORRUPT']);
  expect(codesOf(await ingestBlob(store, file, { ...blob, size: 3 }))).toEqual(['BLOB_CORRUPT']);
  expect(codesOf(await ingestBlob(store, `${file}.no`, blob))).toEqual(['BLOB_MISSING']);
  expect(readdirSync(join(store.directory, 'blobs', 'sha256'))).toHaveLength(1);
});

test('what killed writers left is swept once it is old', async () => {
  const store = await makeStore();
  const left = join(store.directory, 'blobs', 'sha256', '.tmp-blob-1');
  writeFileSync(left, 'half');
  utimesSync(left, 1000, 1000);
  expect(good(await sweepStore(store, 1_000_000, 1))).toBe(0);
  expect(good(await sweepStore(store, 1_000_002, 1))).toBe(1);
});

test.each([
  ['ENOSPC', 'DISK_FULL'],
  ['EDQUOT', 'DISK_FULL'],
  ['EACCES', 'STORE_NOT_WRITABLE'],
  ['EROFS', 'STORE_NOT_WRITABLE'],
  ['EIO', 'FILE_FAILED'],
])('%s becomes %s', (code, expected) => {
  const error = Object.assign(new Error(code), { code, syscall: 'write', path: '/x' });
  expect(describeSystemError(error)).toMatchObject({ code: expected, remedy: expect.stringMatching(/\w/) });
});
