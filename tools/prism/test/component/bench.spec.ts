import { join } from 'node:path';
import { parseBenchReport } from '@prism-build/measure';
import { writeGo, writePin } from '../../../../test/support/components';
import { makeFakeGo } from '../../../../test/support/fakeGo';
import { makeWorkspace, type Ran, type Workspace } from '../../../../test/support/workspace';

let workspace: Workspace;
let env: NodeJS.ProcessEnv;

const bench = (...args: string[]) => workspace.nx(['bench', ...args], env);
const write = (bench: object) =>
  workspace.write(
    'svc/text/project.json',
    JSON.stringify({ targets: { bench: { options: bench } } }, null, 1),
  );

/** What nx printed, once it ended with this status. */
async function ended(running: Promise<Ran>, status: number): Promise<string> {
  const ran = await running;
  expect([ran.status, ran.output]).toEqual([status, expect.any(String)]);
  return ran.output;
}

beforeAll(() => {
  workspace = makeWorkspace();
  const go = makeFakeGo(join(workspace.root, 'tmp', 'go'));
  env = { PATH: `${go.bin}:${process.env.PATH}` };
  writePin(workspace, go.version);
  writeGo(workspace, 'api');
  workspace.write('svc/text/Containerfile', 'FROM scratch\nCOPY etc/ /etc/\n');
  workspace.write('svc/text/etc/motd', 'hello\n');
  workspace.git('add', '-A');
  workspace.git('commit', '-qm', 'first');
});
afterAll(() => workspace.remove());

test('sizes are judged without a report; a default says that it is one', async () => {
  const output = await ended(
    workspace.nx(['run-many', '-t', 'bench', '-c', 'sizes', '--output-style=static'], env),
    0,
  );
  expect(output).toMatch(/maxSize {2}linux\/arm64 {2}[\d.]+ kB of 10 MB \(default of the language/);
  expect(output).toMatch(/linux\/amd64 {2}[\d.]+ kB, no budget/);
  expect(() => workspace.read('dist/bench/text/report.json')).toThrow();
});

test('a budget that is no quantity is refused with its line', async () => {
  write({ maxSize: '10 mb' });
  const output = await ended(bench('text', '-c', 'sizes'), 1);
  expect(output).toContain('svc/text/project.json:5: BUDGET_INVALID');
  expect(output).toContain('did you mean MB?');
});

test('what grew since a commit is named, by package and by file', async () => {
  write({});
  workspace.git('add', '-A');
  workspace.git('commit', '-qm', 'second');
  await ended(bench('text'), 0);
  const report = parseBenchReport(workspace.read('dist/bench/text/report.json'), 'report.json');
  expect(report).toMatchObject({
    ok: true,
    value: { project: 'text', kind: 'other', commit: expect.any(String) },
  });
  workspace.write('svc/text/etc/motd', 'hello\n'.repeat(5000));
  write({ maxGrowth: '10 kB', against: 'HEAD' });
  const output = await ended(bench('text', '-c', 'compare'), 1);
  expect(output).toContain('svc/text/project.json:5: BUDGET_EXCEEDED: text exceeds maxGrowth on linux/amd64');
  expect(output).toMatch(/cause: \+30 kB file etc\/motd\n/);
  expect(workspace.read('dist/bench/text.md')).toContain('| `etc/motd` | file | 6 B | 30 kB | +30 kB |');
});

test('an image to compare with that is nowhere is named', async () => {
  write({ against: 'v9' });
  expect(await ended(bench('text', '-c', 'sizes'), 1)).toContain(
    'BASELINE_MISSING: v9 is no file, no commit and no image of a registry',
  );
});
