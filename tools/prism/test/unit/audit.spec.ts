import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Tree } from '@nx/devkit';
import { audit } from '../../src/audit';
import { openAuditWriter } from '../../src/nx/recordAudit';

const root = mkdtempSync(join(tmpdir(), 'prism-audit-'));
const first = join(root, '.prism/audit/audit-000000000001.jsonl');
let printed = '';

beforeAll(async () => {
  process.env.PRISM_ACTOR = 'ann';
  const writer = openAuditWriter(root);
  for (const name of ['api', 'web'])
    writer.add({
      event: 'build',
      subject: { name, digest: `sha256:${'0'.repeat(64)}` },
      outcome: 'done',
      causes: [],
    });
  writer.add({
    event: 'build',
    subject: { name: 'job' },
    outcome: 'failed',
    causes: ['COPY_SOURCE_MISSING: x'],
  });
  expect(await writer.end()).toEqual({ ok: true, value: undefined });
});
beforeEach(() => {
  printed = '';
  jest.spyOn(process.stdout, 'write').mockImplementation((text) => {
    printed += text;
    return true;
  });
});
afterEach(() => jest.restoreAllMocks());
afterAll(() => {
  delete process.env.PRISM_ACTOR;
  rmSync(root, { recursive: true, force: true });
});

const run = (options: object) => audit({ root } as Tree, options);

test('prints the last records in a table, and the head', async () => {
  await run({ last: 2 });
  const lines = printed.replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<time>').split('\n');
  expect(lines.slice(0, 3).map((line) => line.replaceAll(/ +/g, ' '))).toEqual([
    'number time actor event image digest outcome cause',
    ' 2 <time> ann build web 000000000000 done',
    ' 3 <time> ann build job - failed COPY_SOURCE_MISSING: x',
  ]);
  expect(lines[4]).toMatch(/^3 records, intact; the last is 3:sha256:[0-9a-f]{64}$/);
});

test('a head that was kept must be in the log', async () => {
  await run({ json: true });
  const { end } = JSON.parse(printed);
  await run({ head: `3:${end.digest}` });
  await expect(run({ head: `4:${end.digest}` })).rejects.toThrow('record 4 is missing at the end');
  await expect(run({ head: 'x' })).rejects.toThrow('option head of prism:audit: must be <number>:sha256:');
});

test('exports all records', async () => {
  await run({ export: 'csv', output: 'audit.csv' });
  expect(readFileSync(join(root, 'audit.csv'), 'utf8').split('\r\n')).toHaveLength(5);
  await run({ export: 'cloudevents' });
  expect(JSON.parse(printed).map(({ type }: { type: string }) => type)).toEqual([
    'build.prism.build.done',
    'build.prism.build.done',
    'build.prism.build.failed',
  ]);
});

test('a damaged log is printed, and fails with the place', async () => {
  writeFileSync(first, readFileSync(first, 'utf8').replace('"web"', '"wob"'));
  await expect(run({})).rejects.toThrow(/audit-000000000001\.jsonl:2: AUDIT_DAMAGED: record 2 was changed/);
  expect(printed).toContain('3 records, damaged');
});
