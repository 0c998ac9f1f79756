import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type CompileManifest, publishOutput, readOutput } from '../src/compileManifest';
import { describeOutput } from '../src/describeOutput';

let base: string;
beforeEach(() => (base = fs.mkdtempSync(join(tmpdir(), 'prism-compiled-'))));
afterEach(() => fs.rmSync(base, { recursive: true, force: true }));

const write = (path: string, text: string, mode = 0o644) => {
  fs.mkdirSync(dirname(join(base, path)), { recursive: true });
  fs.writeFileSync(join(base, path), text);
  fs.chmodSync(join(base, path), mode);
};
const dist = () => join(base, 'dist');
const out = (platform: string) => join(base, 'out', platform.replaceAll('/', '-'));
async function publish(text = 'one'): Promise<CompileManifest> {
  fill(text);
  const platforms = await Promise.all(
    ['linux/amd64', 'linux/arm64'].map(async (platform) => ({
      platform,
      files: await describeOutput(out(platform)),
    })),
  );
  const manifest: CompileManifest = { schemaVersion: 1, platforms };
  await publishOutput(dist(), manifest, out);
  return manifest;
}
function fill(text: string): void {
  for (const name of ['linux-amd64', 'linux-arm64']) {
    write(`out/${name}/x`, `${text} ${name}`, 0o755);
    write(`out/${name}/share/data`, text, 0o600);
  }
}
const listed = () => fs.readdirSync(dist(), { recursive: true, encoding: 'utf8' }).sort();

test('what is published is what was described, and nothing else lies there', async () => {
  write('dist/linux-riscv64/x', 'of an earlier run');
  write('dist/linux-amd64/gone', 'of an earlier run');
  write('dist/.tmp-1-x', 'of a killed run');
  const manifest = await publish();
  expect(readOutput(dist())).toEqual({ ok: true, value: manifest });
  // Journals and keys compare the text.
  expect(JSON.stringify(readOutput(dist()))).toBe(JSON.stringify({ ok: true, value: manifest }));
  expect(listed()).toEqual([
    'compile.json',
    'linux-amd64',
    'linux-amd64/share',
    'linux-amd64/share/data',
    'linux-amd64/x',
    'linux-arm64',
    'linux-arm64/share',
    'linux-arm64/share/data',
    'linux-arm64/x',
  ]);
  expect(manifest.platforms[0]!.files).toEqual([
    { path: 'share/data', mode: '0644', size: 3, digest: expect.any(String) },
    { path: 'x', mode: '0755', size: 15, digest: expect.any(String) },
  ]);
});

test('equal output leaves the files alone; an altered one is put right', async () => {
  await publish();
  const path = join(dist(), 'linux-amd64/x');
  const before = fs.statSync(path).ino;
  await publish();
  expect(fs.statSync(path).ino).toBe(before);
  fs.writeFileSync(path, 'altered');
  await publish();
  expect(readOutput(dist()).ok).toBe(true);
});

test('who alters the output does not alter what a compiler keeps under another name', async () => {
  write('kept', 'one linux-amd64', 0o755);
  fs.mkdirSync(join(base, 'out', 'linux-amd64'), { recursive: true });
  fs.linkSync(join(base, 'kept'), join(out('linux/amd64'), 'y'));
  await publish();
  fs.appendFileSync(join(dist(), 'linux-amd64/y'), 'more');
  expect(fs.readFileSync(join(base, 'kept'), 'utf8')).toBe('one linux-amd64');
});

test('what links name is there under every name', async () => {
  fs.mkdirSync(out('linux/amd64'), { recursive: true });
  fs.symlinkSync('x', join(out('linux/amd64'), 'another'));
  fs.symlinkSync('share', join(out('linux/amd64'), 'directory'));
  const manifest = await publish();
  expect(readOutput(dist())).toEqual({ ok: true, value: manifest });
  expect(listed()).toEqual(
    expect.arrayContaining(['linux-amd64/another', 'linux-amd64/directory/data', 'linux-amd64/share/data']),
  );
});

const damages: Record<string, [(path: string) => void, string]> = {
  truncated: [(path) => fs.truncateSync(path, 3), 'COMPILE_OUTPUT_CORRUPT'],
  removed: [(path) => fs.rmSync(path), 'COMPILE_OUTPUT_CORRUPT'],
  altered: [(path) => fs.writeFileSync(path, 'ONE linux-amd64'), 'COMPILE_OUTPUT_CORRUPT'],
  'a directory': [(path) => [fs.rmSync(path), fs.mkdirSync(path)], 'COMPILE_OUTPUT_CORRUPT'],
  'below a file': [
    (path) => [fs.rmSync(dirname(path), { recursive: true }), fs.writeFileSync(dirname(path), '')],
    'COMPILE_OUTPUT_CORRUPT',
  ],
  'without manifest': [() => fs.rmSync(join(dist(), 'compile.json')), 'COMPILE_OUTPUT_MISSING'],
  'with half a manifest': [() => fs.truncateSync(join(dist(), 'compile.json'), 30), 'COMPILE_OUTPUT_CORRUPT'],
  'with a manifest of another version': [
    () => write('dist/compile.json', '{"schemaVersion":2,"platforms":[]}'),
    'COMPILE_OUTPUT_CORRUPT',
  ],
};

test.each(Object.entries(damages))(
  '%s: reading says so, publishing repairs it',
  async (_, [damage, code]) => {
    const manifest = await publish();
    damage(join(dist(), 'linux-amd64/x'));
    const found = readOutput(dist());
    expect(found.ok).toBe(false);
    expect(new Set(found.ok ? [] : found.failures.map((failure) => failure.code))).toEqual(new Set([code]));
    await publish();
    expect(readOutput(dist())).toEqual({ ok: true, value: manifest });
  },
);

test('a path of a manifest that was restored does not lead out of its directory', async () => {
  const manifest = await publish();
  write('secret', 'secret');
  const described = await describeOutput(base);
  const files = [{ ...described.find(({ path }) => path === 'secret')!, path: '../../secret' }];
  write(
    'dist/compile.json',
    JSON.stringify({ ...manifest, platforms: [{ platform: 'linux/amd64', files }] }),
  );
  expect(readOutput(dist()).ok).toBe(false);
});
