import { existsSync, readdirSync } from 'node:fs';
import { type AuditRecord, verifyLog } from '@prism-build/audit';
import { digestOf, writeGo, writePin, writePlain } from '../../../../test/support/components';
import { type FakeGo, makeFakeGo } from '../../../../test/support/fakeGo';
import { makeWorkspace, until, type Workspace } from '../../../../test/support/workspace';

const ten = Array.from({ length: 10 }, (_, index) => `c${index}`);
let workspace: Workspace;
let go: FakeGo;
const env = () => ({ PATH: `${go.bin}:${process.env.PATH}` });

beforeEach(() => {
  workspace = makeWorkspace();
  go = makeFakeGo(workspace.path('.nx/go'));
});
afterEach(() => workspace.remove());

test('one of ten fails alone: nine are built and cached, and the failure names file and line', async () => {
  for (const name of ten) writePlain(workspace, name);
  workspace.write('svc/c4/Containerfile', 'FROM scratch\n\nCOPY helo /hello\n');
  const first = await workspace.nx(['run-many', '-t', 'build-image']);
  expect(first.status).toBe(1);
  expect(first.output).toMatch(/svc\/c4\/Containerfile:3: COPY_SOURCE_MISSING: .*helo/);
  expect(readdirSync(workspace.path('dist/images')).sort()).toEqual(ten.filter((name) => name !== 'c4'));
  const second = await workspace.nx(['run-many', '-t', 'build-image']);
  expect(second.status).toBe(1);
  expect(second.output.match(/\[(local cache|existing outputs[^\]]*)\]/g)).toHaveLength(9);
  workspace.write('svc/c4/helo', 'there');
  expect(await workspace.nx(['run-many', '-t', 'build-image'])).toMatchObject({ status: 0 });
  // Every build is in the audit log, and what came from the cache is not.
  const records = await readAudit();
  expect(records.filter(({ outcome }) => outcome === 'failed').map(({ subject }) => subject.name)).toEqual([
    'c4',
    'c4',
  ]);
  expect(
    records
      .flatMap(({ outcome, subject }) => (outcome === 'done' ? [`${subject.name} ${subject.digest}`] : []))
      .sort(),
  ).toEqual(ten.map((name) => `${name} ${digestOf(workspace, name)}`).sort());
});

async function readAudit(): Promise<AuditRecord[]> {
  const records: AuditRecord[] = [];
  const verified = await verifyLog(workspace.path('.prism/audit'), [], (record) => records.push(record));
  expect(verified).toMatchObject({ ok: true, value: { failures: [], unfinished: false } });
  return records;
}

test.each([
  ['SIGINT', 'nx'],
  ['SIGTERM', 'nx'],
  ['SIGKILL', 'nx'],
  ['SIGKILL', 'all'],
] as const)('%s to %s after nine of ten keeps the nine', async (signal, whom) => {
  writePin(workspace, go.version);
  for (const name of ten) writeGo(workspace, name);
  // Done is what has its journal, which is written last.
  go.hold('c9');
  const running = workspace.start(['run-many', '-t', 'build-image'], env());
  await until('nine images, and the tenth compiles', () => {
    const done = ten.filter((name) => existsSync(workspace.path(`.prism/work/${name}/compiled.json`)));
    return done.length === 9 && go.calls().some((call) => call.endsWith(' c9'));
  });
  if (whom === 'all') running.killAll(signal);
  else running.child.kill(signal);
  go.release('c9');
  await running.ended;
  running.killAll('SIGKILL');
  const before = go.calls().length;
  const next = await workspace.nx(['run-many', '-t', 'build-image'], env());
  expect(next).toMatchObject({ status: 0 });
  const again = go
    .calls()
    .slice(before)
    .map((call) => call.split(' ')[1]);
  expect(again.filter((name) => name !== 'c9')).toEqual([]);
  for (const name of ten) expect(digestOf(workspace, name)).toMatch(/^sha256:/);
});

test('a dry run prints the plan, writes nothing, and is not cached', async () => {
  writePin(workspace, go.version);
  writeGo(workspace, 'x');
  const dry = await workspace.nx(['build-image', 'x', '--dryRun'], env());
  expect(dry.status).toBe(0);
  const plans = dry.output.match(/^\{\n[\s\S]*?\n\}$/gm)!.map((text) => JSON.parse(text));
  expect(plans.map(({ version, kind }) => [version, kind])).toEqual(
    expect.arrayContaining([
      [2, 'compile'],
      [2, 'image'],
    ]),
  );
  expect(existsSync(workspace.path('dist'))).toBe(false);
  expect(go.calls()).toEqual([]);
  const again = await workspace.nx(['build-image', 'x', '--dryRun'], env());
  expect(again.output).not.toMatch(/local cache/);
  expect((await workspace.nx(['build-image', 'x'], env())).status).toBe(0);
  // The platforms compile at the same time.
  expect(go.calls().sort()).toEqual(['amd64 x', 'arm64 x']);
  const digest = digestOf(workspace, 'x');
  // A plan that was printed is never taken for a result.
  expect((await workspace.nx(['build-image', 'x', '--dryRun'], env())).output).toContain('"kind": "image"');
  expect(digestOf(workspace, 'x')).toBe(digest);
  // Options of another target reach compile as well, and do not count there.
  writeGo(workspace, 'y');
  const other = ['materialize', 'y', '--platforms=linux/amd64', '--dryRun'];
  expect(await workspace.nx(other, env())).toMatchObject({ status: 0 });
  expect(go.calls().slice(2).sort()).toEqual(['amd64 y', 'arm64 y']);
});
