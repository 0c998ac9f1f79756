import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Tree } from '@nx/devkit';
import { makeReport, sizeBudget } from '../../../../test/support/benchReports';
import { benchReport } from '../../src/benchReport';

const root = mkdtempSync(join(tmpdir(), 'prism-report-'));
const path = (name: string) => join(root, name);
const read = (name: string) => readFileSync(path(name), 'utf8');
const write = (name: string, text: string) => {
  mkdirSync(dirname(path(name)), { recursive: true });
  writeFileSync(path(name), text);
};
const git = (...args: string[]) =>
  execFileSync('git', ['-C', root, '-c', 'user.name=t', '-c', 'user.email=t@t', ...args], {
    encoding: 'utf8',
  }).trim();
const tree = {
  root,
  write,
  read: (name: string) => (existsSync(path(name)) ? read(name) : null),
} as unknown as Tree;
let printed = '';
let commits: string[];

beforeAll(() => {
  git('init', '-q');
  commits = ['one', 'two'].map((text) => {
    git('commit', '-q', '--allow-empty', '-m', text);
    return git('rev-parse', 'HEAD');
  });
});
beforeEach(() => {
  printed = '';
  for (const name of ['dist', 'bench-history.jsonl']) rmSync(path(name), { recursive: true, force: true });
  jest.spyOn(process.stdout, 'write').mockImplementation((text) => {
    printed += text;
    return true;
  });
});
afterEach(() => jest.restoreAllMocks());
afterAll(() => rmSync(root, { recursive: true, force: true }));

const generate = (options: object = {}) => benchReport(tree, options);

/** Reports as `nx bench` leaves them, at a commit or of a changed work tree. */
function writeReports(commit: string | undefined, own: number) {
  for (const variant of [undefined, 'regular']) {
    const { commit: _, ...report } = makeReport({
      ...{ own, budgets: [sizeBudget(10_000_000, own)] },
      ...(variant !== undefined && { variant }),
    });
    const text = JSON.stringify(commit === undefined ? report : { ...report, commit });
    write(join('dist/bench/api', variant ?? '', 'report.json'), text);
  }
}

test('without a report, the failure says how to make one', async () => {
  await expect(generate()).rejects.toThrow('BENCH_REPORT_MISSING: dist/bench has no report.json');
});

test('every bad report and every bad line of the history is named, and nothing is written', async () => {
  write('dist/bench/one/report.json', '{}');
  write('dist/bench/two/report.json', '');
  await expect(generate()).rejects.toThrow(
    /dist\/bench\/one\/report.json: BENCH_REPORT_INVALID.*dist\/bench\/two\/report.json: BENCH_REPORT_INVALID/s,
  );
  rmSync(path('dist'), { recursive: true });
  writeReports(commits[0], 1_000_000);
  write('bench-history.jsonl', '\n{"commit":1}\n');
  await expect(generate({ record: true })).rejects.toThrow('bench-history.jsonl:2: BENCH_HISTORY_INVALID');
  expect(existsSync(path('dist/bench/report.html'))).toBe(false);
  expect(read('bench-history.jsonl')).toBe('\n{"commit":1}\n');
});

test('a commit that git does not have is named', async () => {
  writeReports('f'.repeat(40), 1_000_000);
  await expect(generate({ record: true })).rejects.toThrow('f'.repeat(40));
});

test('the history has the figures of each commit once, and none of a changed work tree', async () => {
  writeReports(commits[0], 11_000_000);
  await generate();
  expect(existsSync(path('bench-history.jsonl'))).toBe(false);
  await generate({ record: true });
  writeReports(commits[1], 12_000_000);
  await generate({ record: true });
  expect(printed).toMatch(/dist\/bench\/report.html: 2 images, 2 over budget, \d+ kB\n$/);
  const history = read('bench-history.jsonl');
  const lines = history
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(lines.map(({ commit, image, size }) => [commits.indexOf(commit), image, size])).toEqual([
    [0, 'api', 11_000_000],
    [0, 'api+regular', 11_000_000],
    [1, 'api', 12_000_000],
    [1, 'api+regular', 12_000_000],
  ]);
  expect(read('dist/bench/report.html')).toContain('Size by commit');
  writeReports(undefined, 13_000_000);
  await generate({ record: true });
  expect(printed).toContain(
    'not recorded, because the work tree was changed when they were measured: api, api+regular',
  );
  expect(read('bench-history.jsonl')).toBe(history);
});
