import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { mounts, testWith } from '../../../test/support/needs';
import { appendRecords, verifyLog } from '../src/index';

const base = mkdtempSync(join(tmpdir(), 'prism-audit-'));
const program = join(base, 'append.cjs');

beforeAll(() => {
  const entry = join(__dirname, 'child', 'append.ts');
  buildSync({ entryPoints: [entry], outfile: program, bundle: true, platform: 'node', format: 'cjs' });
});
afterAll(() => rmSync(base, { recursive: true, force: true }));

function start(directory: string, count: number, actor: string) {
  const child = spawn(process.execPath, [program, directory, String(count), actor], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let confirmed = 0;
  child.stdout.on('data', (data: Buffer) => {
    confirmed += data.length;
  });
  return { child, ended: once(child, 'close'), confirmed: () => confirmed };
}

async function namesIn(directory: string): Promise<string[]> {
  const names: string[] = [];
  const verified = await verifyLog(directory, [], ({ subject }) => names.push(subject.name));
  expect(verified).toMatchObject({ ok: true, value: { failures: [] } });
  return names;
}

test('two writers at once lose and mix nothing', async () => {
  const directory = join(base, 'two');
  const writers = ['x', 'y'].map((actor) => start(directory, 20, actor));
  await Promise.all(writers.map(({ ended }) => ended));
  const names = await namesIn(directory);
  const expected = ['x', 'y'].flatMap((actor) =>
    Array.from({ length: 20 }, (_, index) => `${actor}-${index}`),
  );
  expect(names.toSorted()).toEqual(expected.toSorted());
});

test('a writer that is killed at any moment loses no confirmed record', async () => {
  const directory = join(base, 'killed');
  for (let round = 1; round <= 2; round += 1) {
    const writer = start(directory, 1000, `w${round}`);
    await once(writer.child.stdout, 'data');
    await new Promise((resolve) => setTimeout(resolve, 15 * round));
    writer.child.kill('SIGKILL');
    await writer.ended;
    const confirmed = writer.confirmed();
    const names = (await namesIn(directory)).filter((name) => name.startsWith(`w${round}-`));
    expect(names.length).toBeGreaterThanOrEqual(confirmed);
  }
}, 60_000);

testWith([mounts()], 'a full disk is a failure, and the log stays as it was', async () => {
  const directory = join(base, 'full');
  mkdirSync(directory);
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'none', directory]);
  try {
    const entry = { event: 'push', subject: { name: 'a' }, outcome: 'done', causes: [] } as const;
    const writing = { actor: 'ann', now: () => new Date(0) };
    expect(await appendRecords(directory, [{ ...entry, causes: [] }], writing)).toMatchObject({ ok: true });
    writeFileSync(join(directory, 'ballast'), Buffer.alloc(48 * 1024));
    const large = { ...entry, causes: ['x'.repeat(32 * 1024)] };
    expect(await appendRecords(directory, [large], writing)).toMatchObject({
      ok: false,
      failures: [{ code: 'DISK_FULL' }],
    });
    rmSync(join(directory, 'ballast'));
    expect(await appendRecords(directory, [{ ...entry, causes: [] }], writing)).toMatchObject({
      ok: true,
      value: { sequence: 2 },
    });
    expect(await namesIn(directory)).toEqual(['a', 'a']);
  } finally {
    execFileSync('umount', [directory]);
  }
});
