import type { TaskGraph } from '@nx/devkit';
import { type BatchItem, runGraph } from '../../src/nx/batch';

const graphOf = (dependencies: Record<string, string[]>): TaskGraph =>
  ({
    roots: [],
    continuousDependencies: {},
    dependencies,
    tasks: Object.fromEntries(Object.keys(dependencies).map((id) => [id, { id }])),
  }) as unknown as TaskGraph;

const names = (count: number) => Array.from({ length: count }, (_, index) => `t${index}`);
const good = { success: true, terminalOutput: '' };
const bad = { success: false, terminalOutput: 'no' };
const tick = (milliseconds = 1) => new Promise((resolve) => setTimeout(resolve, milliseconds));

async function collect(items: AsyncGenerator<BatchItem>): Promise<Record<string, string>> {
  const results: Record<string, string> = {};
  for await (const { task, result } of items) {
    expect(results).not.toHaveProperty(task);
    results[task] = result.status ?? (result.success ? 'success' : 'failure');
  }
  return results;
}

test('one of ten that fails, fails alone', async () => {
  const graph = graphOf(Object.fromEntries(names(10).map((name) => [name, []])));
  const results = await collect(runGraph(graph, async (id) => (id === 't3' ? bad : good), 2));
  expect(Object.keys(results).sort()).toEqual(names(10));
  expect(Object.entries(results).filter(([, status]) => status !== 'success')).toEqual([['t3', 'failure']]);
});

test('what depends on a failure is skipped, over any distance, and never started', async () => {
  const started: string[] = [];
  const graph = graphOf({ a: [], b: ['a'], c: ['b'], d: [], e: ['d', 'a'], f: ['d'] });
  const work = async (id: string) => {
    started.push(id);
    return id === 'a' ? bad : good;
  };
  expect(await collect(runGraph(graph, work, 1))).toEqual({
    a: 'failure',
    b: 'skipped',
    c: 'skipped',
    d: 'success',
    e: 'skipped',
    f: 'success',
  });
  expect(started).toEqual(['a', 'd', 'f']);
});

test.each([1, 2, 3])('at most %d run at once, and as many as may', async (limit) => {
  let running = 0;
  let most = 0;
  const graph = graphOf(Object.fromEntries(names(8).map((name) => [name, []])));
  const work = async () => {
    most = Math.max(most, ++running);
    await tick();
    running--;
    return good;
  };
  await collect(runGraph(graph, work, limit));
  expect(most).toBe(limit);
});

test('what waits for nothing starts before what comes after others', async () => {
  const started: string[] = [];
  const graph = graphOf({
    'a:image': ['a:compile'],
    'a:compile': [],
    'b:image': ['b:compile'],
    'b:compile': [],
  });
  const work = async (id: string) => {
    started.push(id);
    return good;
  };
  await collect(runGraph(graph, work, 1));
  expect(started).toEqual(['a:compile', 'b:compile', 'a:image', 'b:image']);
});

test('nothing starts before what it depends on has ended', async () => {
  const ended = new Set<string>();
  const dependencies: Record<string, string[]> = { a: [], b: ['a'], c: ['a'], d: ['b', 'c'], e: [] };
  const work = async (id: string) => {
    expect(dependencies[id]!.filter((one) => !ended.has(one))).toEqual([]);
    await tick(id === 'a' ? 5 : 1);
    ended.add(id);
    return good;
  };
  expect(Object.keys(await collect(runGraph(graphOf(dependencies), work, 4)))).toHaveLength(5);
});

test('a result is there before the slowest has ended', async () => {
  let release = () => {};
  const slow = new Promise<void>((resolve) => (release = resolve));
  const work = async (id: string) => {
    if (id === 'slow') await slow;
    return good;
  };
  const items = runGraph(graphOf({ slow: [], quick: [] }), work, 2);
  expect((await items.next()).value).toMatchObject({ task: 'quick' });
  release();
  expect((await items.next()).value).toMatchObject({ task: 'slow' });
});

test('a mistake of ours is contained, whether thrown or rejected, and said in full', async () => {
  const work = (id: string) => {
    if (id === 'thrown') throw new Error('mistake one');
    return id === 'rejected' ? Promise.reject(new Error('mistake two')) : Promise.resolve(good);
  };
  const outputs: string[] = [];
  for await (const { result } of runGraph(graphOf({ thrown: [], rejected: [], fine: [] }), work, 1))
    outputs.push(result.terminalOutput);
  expect(outputs[0]).toContain('mistake one');
  expect(outputs[1]).toContain('mistake two');
  expect(outputs).toHaveLength(3);
});

test('Nx may say dependencies as objects; those outside of the batch are done', async () => {
  const graph = graphOf({ a: [], b: [{ id: 'a' } as unknown as string, 'elsewhere'] });
  expect(await collect(runGraph(graph, async () => good, 2))).toEqual({ a: 'success', b: 'success' });
});
