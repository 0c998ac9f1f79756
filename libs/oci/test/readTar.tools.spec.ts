import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { walkDirectory } from '@prism-build/shell';
import fc from 'fast-check';
import { readLayer } from '../src/index';
import { makeDirectory, removeDirectories } from './images';
import { oddMember, oddMembers, tarEnd } from './oddTar';

afterAll(removeDirectories);

const env = { ...process.env, LC_ALL: 'C.UTF-8' };
const isRoot = process.getuid?.() === 0;
/** GNU tar, and libarchive's. */
const oracles = ['tar', 'bsdtar'] as const;

type Files = Record<string, string>;

/** What an archive holds, as one line a path. */
async function readHere(file: string): Promise<Files> {
  const found: Files = {};
  for await (const { header, content } of readLayer(fs.createReadStream(file))) {
    const chunks: Uint8Array[] = [];
    for await (const chunk of content) chunks.push(Buffer.from(chunk));
    const { path, type, mode, uid, gid } = header;
    const owner = isRoot ? ` ${uid}:${gid}` : '';
    if (header.type === 'hardlink') found[path] = found[header.linkTarget]!;
    else if (header.type === 'symlink') found[path] = `symlink ${header.linkTarget}${owner}`;
    else found[path] = `${type} ${mode.toString(8)}${owner} ${Buffer.concat(chunks).toString('base64')}`;
  }
  return found;
}

function unpack(oracle: string, file: string): Files {
  const directory = makeDirectory();
  execFileSync(oracle, ['-xpf', file, '-C', directory], { env, stdio: 'pipe' });
  const found: Files = {};
  for (const { path } of walkDirectory(directory)) {
    const at = join(directory, path);
    const stat = fs.lstatSync(at);
    const owner = isRoot ? ` ${stat.uid}:${stat.gid}` : '';
    const mode = (stat.mode & 0o7777).toString(8);
    const text = () => {
      if (stat.isSymbolicLink()) return `symlink ${fs.readlinkSync(at)}${owner}`;
      if (stat.isDirectory()) return `directory ${mode}${owner} `;
      if (stat.isFIFO()) return `fifo ${mode}${owner} `;
      return `file ${mode}${owner} ${fs.readFileSync(at).toString('base64')}`;
    };
    found[path] = text();
  }
  return found;
}

test.each(oracles)('%s unpacks odd archives to what is read here', async (oracle) => {
  await fc.assert(
    fc.asyncProperty(oddMembers, async (members) => {
      const file = join(makeDirectory(), 'odd.tar');
      fs.writeFileSync(file, Buffer.concat([...members.map(oddMember), tarEnd]));
      expect(unpack(oracle, file)).toEqual(await readHere(file));
    }),
    { numRuns: 25 },
  );
});

/** Writers, each with its options; `disk.img` has six bytes in the middle of 2,000,000. */
const writers = [
  ...['v7', 'oldgnu', 'gnu', 'ustar', 'posix'].map((format) => ['tar', `--format=${format}`]),
  ...['oldgnu', 'gnu', 'posix'].map((format) => ['tar', '--sparse', `--format=${format}`]),
  ...['0.0', '0.1', '1.0'].map((one) => ['tar', '--sparse', '--format=posix', `--sparse-version=${one}`]),
  ['tar', '--xattrs', '--format=posix', '--label=a label'],
  ...['ustar', 'gnutar', 'pax', 'v7tar'].map((format) => ['bsdtar', `--format=${format}`]),
  ['bsdtar', '--read-sparse', '--format=pax'],
];

test.each(writers.map((one) => [one.join(' '), one] as const))(
  'what it writes: %s',
  async (line, command) => {
    const [program = '', ...options] = command;
    const short = line.includes('v7');
    const source = makeDirectory();
    const image = Buffer.alloc(2_000_000);
    image.write('middle', 1_000_000);
    fs.writeFileSync(join(source, 'disk.img'), '');
    fs.truncateSync(join(source, 'disk.img'), image.length);
    const disk = fs.openSync(join(source, 'disk.img'), 'r+');
    fs.writeSync(disk, image.subarray(1_000_000, 1_000_006), 0, 6, 1_000_000);
    fs.closeSync(disk);
    const deep = short ? 'd' : `${'d'.repeat(80)}/${'e'.repeat(80)}`;
    fs.mkdirSync(join(source, deep), { recursive: true });
    fs.writeFileSync(join(source, deep, 'ü'), 'text');
    fs.linkSync(join(source, deep, 'ü'), join(source, 'zz'));
    fs.symlinkSync('t'.repeat(/v7|ustar/.test(line) ? 90 : 140), join(source, 'link'));
    const file = join(makeDirectory(), 'written.tar');
    execFileSync(program, [...options, '-cf', file, '-C', source, '.'], { env, stdio: 'pipe' });
    const found = await readHere(file);
    expect(found['disk.img']?.split(' ').at(-1)).toBe(image.toString('base64'));
    expect(found['disk.img']).toBe(unpack('tar', file)['disk.img']);
    expect(found).toEqual(unpack('tar', file));
  },
);
