import { gzipSync } from 'node:zlib';
import { packed, tarOf, text } from './oracle/archives';
import { assemble, codes, file, treeOf } from './support';

const context = treeOf({
  'a.txt': file('a'),
  d: { type: 'directory', mode: 0o755, uid: 0, gid: 0 },
  'd/f': file('f'),
  loop: { type: 'symlink', mode: 0o777, uid: 0, gid: 0, linkTarget: 'loop' },
});

/** Containerfile lines behind FROM scratch, to the failures that they end in. */
const refusals: readonly (readonly [readonly string[], readonly string[]])[] = [
  [['COPY none /x'], ['COPY_SOURCE_MISSING app/Containerfile:2']],
  [
    ['COPY none nothing a.txt /x/'],
    ['COPY_SOURCE_MISSING app/Containerfile:2', 'COPY_SOURCE_MISSING app/Containerfile:2'],
  ],
  [['COPY *.none /x/'], ['COPY_SOURCE_MISSING app/Containerfile:2']],
  [['COPY [a /x/'], ['GLOB_BAD_PATTERN app/Containerfile:2']],
  [['COPY loop /x'], ['COPY_SOURCE_MISSING app/Containerfile:2']],
  [['COPY ../../etc/passwd /x'], ['COPY_SOURCE_MISSING app/Containerfile:2']],
  [['COPY a.txt /x', 'COPY d /x'], ['COPY_DESTINATION_INVALID app/Containerfile:3']],
  [['COPY a.txt /x', 'COPY a.txt /x/'], ['COPY_DESTINATION_INVALID app/Containerfile:3']],
  [['COPY a.txt /x', 'COPY a.txt /x/y'], ['COPY_DESTINATION_INVALID app/Containerfile:3']],
  [['COPY a.txt /x/.wh.f'], ['PATH_IS_WHITEOUT app/Containerfile:2']],
  [['COPY a.txt /f', 'COPY d /.wh.f/'], ['PATH_IS_WHITEOUT app/Containerfile:3']],
  [['COPY loop /d/', 'WORKDIR /w'], ['COPY_SOURCE_MISSING app/Containerfile:2']],
  [['COPY . /', 'COPY a.txt /loop/'], ['COPY_DESTINATION_INVALID app/Containerfile:3']],
  [['COPY . /', 'WORKDIR /loop'], ['WORKDIR_INVALID app/Containerfile:3']],
  [['COPY a.txt /x', 'WORKDIR /x/y'], ['WORKDIR_INVALID app/Containerfile:3']],
  [['COPY --chown=app a.txt /x'], ['COPY_OWNER_UNKNOWN app/Containerfile:2']],
  [['COPY --chown=1:staff a.txt /x'], ['COPY_OWNER_UNKNOWN app/Containerfile:2']],
  [['COPY --chmod=rwx a.txt /x'], ['COPY_MODE_INVALID app/Containerfile:2']],
  [
    ['RUN --mount=type=ssh true', 'ADD https://example.org/x /x'],
    ['RUN_NOT_SUPPORTED app/Containerfile:2', 'ADD_REMOTE app/Containerfile:3'],
  ],
  [['ONBUILD COPY a.txt /x'], ['ONBUILD_NOT_SUPPORTED app/Containerfile:2']],
  [['RUN true'], ['ENGINE_MISSING']],
  [['COPY --from=docker.io/library/x /x /x'], ['BASE_UNKNOWN app/Containerfile:2']],
  [['FROM debian AS next'], ['BASE_UNKNOWN app/Containerfile:2']],
  [
    ['EXPOSE $NONE', 'STOPSIGNAL BYE', 'VOLUME $NONE'],
    [2, 3, 4].map((line) => `ARGUMENT_INVALID app/Containerfile:${line}`),
  ],
];

test.each(refusals)('%j', async (lines, failures) => {
  expect(codes(await assemble(lines, context))).toEqual(failures);
});

const archive = tarOf(
  ['a', 'b'].map((path) => ({
    type: 'file',
    path,
    mode: 0o644,
    uid: 0,
    gid: 0,
    content: text(path.repeat(2000)),
  })),
);
const damaged: Readonly<Record<string, Uint8Array>> = {
  'cut in a file': archive.subarray(0, 1000),
  'cut in a header': archive.subarray(0, 2700),
  'gzip that is cut': gzipSync(archive).subarray(0, 40),
  'gzip with an altered byte': altered(gzipSync(archive), 30),
  'header with an altered byte': altered(archive, 2570),
  'zstd that is cut': Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x24, 0x01]),
  'bzip2 that is cut': Buffer.from(packed.bzip2, 'base64').subarray(0, 80),
  'bzip2 with an altered byte': altered(Buffer.from(packed.bzip2, 'base64'), 60),
  'bzip2 with something behind it': Buffer.concat([Buffer.from(packed.bzip2, 'base64'), Buffer.from('more')]),
  'xz that is cut': Buffer.from(packed.xz, 'base64').subarray(0, 100),
  'xz that is cut in its footer': Buffer.from(packed.xz, 'base64').subarray(0, -4),
  'xz with an altered byte': altered(Buffer.from(packed.xz, 'base64'), 60),
  'xz with something behind it': Buffer.concat([Buffer.from(packed.xz, 'base64'), Buffer.from('more')]),
  'zstd with an altered byte': altered(Buffer.from(packed.zstd, 'base64'), 60),
};

test.each(Object.entries(damaged))('ADD of an archive: %s', async (_, bytes) => {
  const result = await assemble(['ADD a.tar /x/'], treeOf({ 'a.tar': file(bytes) }));
  expect(codes(result)).toEqual(['ARCHIVE_INVALID app/Containerfile:2']);
});

test('an archive does not leave its destination', async () => {
  const evil = Buffer.from(archive);
  evil.write('../e\0', 0, 'latin1');
  evil.write('        ', 148, 'latin1');
  const sum = evil.subarray(0, 512).reduce((total, byte) => total + byte, 0);
  evil.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  const result = await assemble(['ADD a.tar /x/y/'], treeOf({ 'a.tar': file(evil) }));
  expect(result.ok && [...result.value.layers[0]!.entries.keys()]).toEqual(['x', 'x/y', 'x/y/b', 'x/y/e']);
});

function altered(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[at] = copy[at]! ^ 0xff;
  return copy;
}
