import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readArchive, spillTo } from '../src/index';
import { tarOf } from './oracle/archives';

const directory = mkdtempSync(join(tmpdir(), 'prism-archives-'));
afterAll(() => rmSync(directory, { recursive: true }));

/** Compresses badly, except a run of zeros that bzip2 reduces to a few bytes. */
const bytes = Buffer.alloc(8_000_000);
for (let at = 0, word = 1; at < 800_000; at += 4) {
  word = Math.imul(word, 1664525) + 1013904223;
  bytes.writeInt32LE(word | 0, at);
}
const tar = tarOf([
  { type: 'file', path: 'f', mode: 0o644, uid: 0, gid: 0, content: { kind: 'bytes', bytes } },
]);
const digest = createHash('sha256').update(bytes).digest('hex');

const compressors: readonly (readonly string[])[] = [
  ['xz', '-0'],
  ['xz', '-9'],
  ['xz', '-T2', '--block-size=200KiB', '--check=crc32'],
  ['xz', '--check=none'],
  ['bzip2', '-1'],
  ['bzip2', '-9'],
];

async function unpack(file: string) {
  const keep = spillTo(join(mkdtempSync(join(directory, 'spill-')), 'contents'));
  const { size } = statSync(file);
  const at = { file: 'Containerfile', line: 2 };
  const read = await readArchive({ kind: 'file', path: file, size }, { name: 'a', at, keep });
  if (!read.ok) return read.failures[0]!.why;
  const [entry] = read.value ?? [];
  if (!entry || !('node' in entry) || entry.node.type !== 'file' || entry.node.content.kind !== 'file')
    return entry;
  return createHash('sha256').update(readFileSync(entry.node.content.path)).digest('hex');
}

function compress([program = '', ...options]: readonly string[], ...parts: readonly Buffer[]): string {
  const file = join(mkdtempSync(join(directory, 'packed-')), 'a');
  const packed = parts.map((input) =>
    execFileSync(program, [...options, '-c'], { input, maxBuffer: 1 << 28 }),
  );
  writeFileSync(file, Buffer.concat(packed));
  return file;
}

test.each(compressors.map((one) => [one.join(' '), one] as const))('%s', async (_, command) => {
  expect(await unpack(compress(command, tar))).toBe(digest);
});

test.each(['xz', 'bzip2'])('%s: a tar in two streams is one archive', async (program) => {
  const cut = 500_000;
  expect(await unpack(compress([program, '-1'], tar.subarray(0, cut), tar.subarray(cut)))).toBe(digest);
});

test.each(['--check=sha256', '--x86'])(
  'xz %s: refused, since the decoder does not know it',
  async (option) => {
    const options = [option, ...(option === '--x86' ? ['--lzma2=preset=1'] : [])];
    expect(await unpack(compress(['xz', ...options], tar))).toMatch(
      /a filter or a checksum that is not supported/,
    );
  },
);
