import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { type AuditEntry, appendRecords, type ChainEnd, verifyLog } from '../src/index';

const base = mkdtempSync(join(tmpdir(), 'prism-audit-'));
afterAll(() => rmSync(base, { recursive: true, force: true }));
let count = 0;
const fresh = () => join(base, `${++count}`);

const entry = (name: string): AuditEntry => ({
  event: 'scan',
  subject: { name, digest: `sha256:${'0'.repeat(64)}` },
  outcome: 'allowed',
  causes: [],
});
const writing = { actor: 'ann', now: () => new Date(0) };

async function add(directory: string, names: readonly string[], rotateAt?: number): Promise<ChainEnd> {
  const added = await appendRecords(directory, names.map(entry), {
    ...writing,
    ...(rotateAt !== undefined && { rotateAt }),
  });
  if (!added.ok) throw new Error(JSON.stringify(added.failures));
  return added.value;
}

async function verify(directory: string, ...expected: ChainEnd[]) {
  const names: string[] = [];
  const verified = await verifyLog(directory, expected, ({ subject }) => names.push(subject.name));
  if (!verified.ok) throw new Error(JSON.stringify(verified.failures));
  return { ...verified.value, names, whats: verified.value.failures.map(({ what }) => what) };
}

const logFiles = (directory: string) =>
  readdirSync(directory)
    .filter((name) => name.endsWith('.jsonl'))
    .sort();

test('a log that does not exist is empty and intact', async () => {
  expect(await verify(fresh())).toMatchObject({ records: 0, whats: [], unfinished: false });
});

test('records follow each other through calls and files', async () => {
  const directory = fresh();
  await add(directory, ['a', 'b'], 500);
  await add(directory, ['c', 'd'], 500);
  const end = await add(directory, ['e'], 500);
  expect(logFiles(directory)).toEqual([
    'audit-000000000001.jsonl',
    'audit-000000000003.jsonl',
    'audit-000000000005.jsonl',
  ]);
  expect(await verify(directory, end)).toMatchObject({
    names: ['a', 'b', 'c', 'd', 'e'],
    records: 5,
    whats: [],
    end: { sequence: 5, digest: end.digest },
  });
});

test('a record says what, who, when and why', async () => {
  const directory = fresh();
  await add(directory, ['a']);
  const [line = ''] = readFileSync(join(directory, 'audit-000000000001.jsonl'), 'utf8').split('\n');
  expect(JSON.parse(line)).toEqual({
    version: 1,
    sequence: 1,
    previous: 'sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    time: '1970-01-01T00:00:00.000Z',
    actor: 'ann',
    ...entry('a'),
  });
});

describe('a fault is named, with its place', () => {
  const first = 'audit-000000000001.jsonl';
  const change = (directory: string, edit: (lines: string[]) => string[], file = first) => {
    const path = join(directory, file);
    const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
    writeFileSync(
      path,
      edit(lines)
        .map((line) => `${line}\n`)
        .join(''),
    );
  };
  const five = async () => {
    const directory = fresh();
    const end = await add(directory, ['a', 'b', 'c', 'd', 'e']);
    return { directory, end };
  };

  test('an altered record', async () => {
    const { directory } = await five();
    change(directory, (lines) => lines.with(1, lines[1]!.replace('"b"', '"x"')));
    const { failures } = await verify(directory);
    expect(failures).toMatchObject([
      {
        code: 'AUDIT_DAMAGED',
        what: expect.stringContaining('record 2 was changed'),
        at: { file: first, line: 2 },
      },
    ]);
  });

  test('an altered last record', async () => {
    const { directory } = await five();
    change(directory, (lines) => lines.with(4, lines[4]!.replace('"e"', '"x"')));
    expect((await verify(directory)).whats).toEqual([
      'record 5 was changed: its digest is not the one of head.json',
    ]);
  });

  test('a line that is not a record', async () => {
    const { directory } = await five();
    change(directory, (lines) => lines.with(2, '{}'));
    expect((await verify(directory)).failures).toMatchObject([
      { what: 'this line is not a record', at: { file: first, line: 3 } },
    ]);
  });

  test('missing records', async () => {
    const { directory } = await five();
    change(directory, (lines) => lines.toSpliced(1, 2));
    expect((await verify(directory)).whats).toEqual(['records 2 to 3 are missing before this line']);
  });

  test('exchanged records', async () => {
    const { directory } = await five();
    change(directory, (lines) => [lines[0]!, lines[2]!, lines[1]!, lines[3]!, lines[4]!]);
    expect((await verify(directory)).whats[0]).toBe('record 2 is missing before this line');
  });

  test('a missing end', async () => {
    const { directory } = await five();
    change(directory, (lines) => lines.slice(0, 3));
    expect((await verify(directory)).whats).toEqual([
      'records 4 to 5 are missing at the end, which head.json names',
    ]);
  });

  test('a log that was written anew, by a head that was kept elsewhere', async () => {
    const { directory, end } = await five();
    rmSync(directory, { recursive: true });
    await add(directory, ['a', 'b', 'x', 'd', 'e']);
    expect((await verify(directory)).whats).toEqual([]);
    expect((await verify(directory, end)).whats).toEqual([
      `record 5 was changed: its digest is not the one of the head 5:${end.digest}`,
    ]);
  });

  test('a damaged log takes no record', async () => {
    const { directory } = await five();
    truncateSync(join(directory, first), 100);
    const refused = await appendRecords(directory, [entry('f')], writing);
    expect(refused).toMatchObject({ ok: false, failures: [{ code: 'AUDIT_DAMAGED', at: { file: first } }] });
    writeFileSync(join(directory, 'head.json'), '[]');
    expect(await appendRecords(directory, [entry('f')], writing)).toMatchObject({
      ok: false,
      failures: [{ code: 'AUDIT_DAMAGED', at: { file: 'head.json' } }],
    });
  });

  test('any change of one byte', async () => {
    const { directory } = await five();
    const path = join(directory, first);
    const intact = readFileSync(path);
    await fc.assert(
      fc.asyncProperty(fc.nat(intact.length - 1), fc.integer({ min: 1, max: 255 }), async (at, xor) => {
        const altered = Buffer.from(intact);
        altered[at] = altered[at]! ^ xor;
        writeFileSync(path, altered);
        const { failures, unfinished } = await verify(directory);
        expect(failures.length > 0 || unfinished).toBe(true);
      }),
      { numRuns: 200 },
    );
  });
});

test('what a killed writer left unfinished goes with the next record; complete records stay', async () => {
  const directory = fresh();
  await add(directory, ['a', 'b']);
  const path = join(directory, 'audit-000000000001.jsonl');
  const head = readFileSync(join(directory, 'head.json'));
  await add(directory, ['c', 'd']);
  // As if the writer of c and d had been killed within d, before it wrote the head.
  writeFileSync(join(directory, 'head.json'), head);
  truncateSync(path, statSync(path).size - 10);
  expect(await verify(directory)).toMatchObject({ records: 3, whats: [], unfinished: true });
  await add(directory, ['e']);
  expect(await verify(directory)).toMatchObject({
    names: ['a', 'b', 'c', 'e'],
    whats: [],
    unfinished: false,
  });
});
