import {
  type Deployment,
  encodeHistory,
  encodeRelease,
  findPrevious,
  findServing,
  findUnderway,
  type History,
  keptName,
  listCommits,
  listExpired,
  listUnneeded,
  type Move,
  mayReturnTo,
  moveOf,
  numberNext,
  parseRelease,
  planRecovery,
  printHistory,
  releaseDigest,
  replay,
  type State,
  states,
} from '../src';
import { mayMove } from '../src/lifecycle/state';

const log = (moves: readonly Move[]) =>
  replay(moves.map((one) => ({ ...one, actor: 'ann', time: '2026-01-01T00:00:00.000Z' })));
const path: readonly State[] = ['INIT', 'BUILDING', 'SCANNING', 'VALIDATED', 'DEPLOYING', 'RUNNING'];
/** The moves of a deployment from INIT up to a state. */
const upTo = (deployment: number, state: State, release = `r${deployment}`): Move[] =>
  path.slice(1, path.indexOf(state) + 1).map((to, at) => ({
    ...{ deployment, from: path[at]!, to, release, images: [], cause: '' },
  }));
const move = (deployment: number, from: State, to: State, release = `r${deployment}`): Move => ({
  ...{ deployment, from, to, release, images: [], cause: '' },
});
/** 1 was replaced by 2, which serves. */
const two = [...upTo(1, 'RUNNING'), ...upTo(2, 'RUNNING'), move(1, 'RUNNING', 'STOPPED')];

test('every move of the life cycle, and no other', () => {
  const allowed = states.flatMap((from) =>
    states.filter((to) => mayMove(from, to)).map((to) => `${from} ${to}`),
  );
  expect(allowed.sort()).toEqual(
    [
      'INIT BUILDING',
      ...['BUILDING SCANNING', 'BUILDING FAILED'],
      ...['SCANNING VALIDATED', 'SCANNING FAILED'],
      ...['VALIDATED DEPLOYING', 'VALIDATED FAILED'],
      ...['DEPLOYING SWITCHING', 'DEPLOYING RUNNING', 'DEPLOYING FAILED', 'DEPLOYING STOPPED'],
      ...['SWITCHING RUNNING', 'SWITCHING FAILED', 'SWITCHING STOPPED'],
      ...['RUNNING STOPPED', 'RUNNING FAILED', 'RUNNING DEPLOYING'],
      ...['STOPPED DEPLOYING', 'STOPPED DESTROYED'],
      ...['FAILED BUILDING', 'FAILED DESTROYED'],
    ].sort(),
  );
  // What failed before it had passed the gate has to pass it.
  const again = states.filter((failedIn) => mayMove('FAILED', 'DEPLOYING', failedIn));
  expect(again).toEqual(['DEPLOYING', 'SWITCHING', 'RUNNING']);
});

test('no way leads around the gate', () => {
  const reached = new Set<State>();
  const visit = (state: State) => {
    if (reached.has(state) || state === 'VALIDATED') return;
    reached.add(state);
    for (const to of states) if (mayMove(state, to, 'SCANNING')) visit(to);
  };
  visit('INIT');
  expect([...reached].sort()).toEqual(['BUILDING', 'DESTROYED', 'FAILED', 'INIT', 'SCANNING']);
});

test('a move that the life cycle does not have is an error of the program', () => {
  const [one] = log(upTo(1, 'SCANNING'));
  expect(() => moveOf(one!, 'RUNNING', '')).toThrow('no move from SCANNING to RUNNING');
});

test('a history: what serves, what is underway, what a roll-back goes to', () => {
  const history = log([...two, ...upTo(3, 'SCANNING')]);
  expect(findServing(history)?.number).toBe(2);
  expect(findUnderway(history)?.number).toBe(3);
  expect(findPrevious(history)?.number).toBe(1);
  expect(history.map(mayReturnTo)).toEqual([true, true, false]);
});

test('what was rolled back does not count as good, and can be named', () => {
  const three = [...two, ...upTo(3, 'RUNNING'), move(2, 'RUNNING', 'STOPPED')];
  const back = [...three, move(2, 'STOPPED', 'DEPLOYING')];
  const commits = listCommits(log(back), log(back)[1]!, '');
  expect(commits.map(({ deployment, to }) => `${deployment} ${to}`)).toEqual(['2 RUNNING', '3 FAILED']);
  const history = log([...back, ...commits]);
  expect(findPrevious(history)?.number).toBe(1);
  expect(mayReturnTo(history[2]!)).toBe(true);
  const forward = [...back, ...commits, move(3, 'FAILED', 'DEPLOYING')];
  expect(listCommits(log(forward), log(forward)[2]!, '').map(({ to }) => to)).toEqual(['RUNNING', 'STOPPED']);
});

test('the last deployment that failed is resumed with the same content, and only then', () => {
  const failed = log([...two, ...upTo(3, 'SCANNING'), move(3, 'SCANNING', 'FAILED')]);
  expect(numberNext(failed, 'r3')).toEqual({ number: 3, from: 'FAILED' });
  expect(numberNext(failed, 'r2')).toEqual({ number: 4, from: 'INIT' });
  expect(numberNext([], 'r1')).toEqual({ number: 1, from: 'INIT' });
});

test('images are kept for the last healthy deployments, and for the last one', () => {
  const moves = [1, 2, 3, 4].flatMap((number) => [
    ...upTo(number, 'RUNNING'),
    ...(number > 1 ? [move(number - 1, 'RUNNING', 'STOPPED')] : []),
  ]);
  const numbers = (history: History, keep: number | 'none') =>
    listExpired(history, keep).map(({ number }) => number);
  expect(numbers(log(moves), 2)).toEqual([1, 2]);
  const failed = [...moves, ...upTo(5, 'DEPLOYING'), move(5, 'DEPLOYING', 'FAILED')];
  expect(numbers(log(failed), 2)).toEqual([1, 2]);
  expect(numbers(log([...failed, ...upTo(6, 'BUILDING')]), 2)).toEqual([1, 2, 5]);
  expect(numbers(log([...failed, move(4, 'RUNNING', 'STOPPED')]), 'none')).toEqual([1, 2, 3, 4, 5]);
});

describe('after a kill', () => {
  const pods = [
    undefined,
    ...['r1', 'r2', 'r3', undefined].flatMap((release) => [true, false].map((whole) => ({ release, whole }))),
  ];
  const plan = (moves: readonly Move[], pod: (typeof pods)[number]) => {
    const found = planRecovery(log(moves), pod ? [pod] : []);
    return 'fallback' in found && found.fallback ? `${found.kind} ${found.fallback.number}` : found.kind;
  };

  test.each(['BUILDING', 'SCANNING', 'VALIDATED'] as const)(
    'in %s nothing was touched, whatever runs',
    (state) => {
      for (const pod of pods) expect(plan([...two, ...upTo(3, state)], pod)).toBe('abandon');
    },
  );

  test('in DEPLOYING the pod decides', () => {
    const moves = [...two, ...upTo(3, 'DEPLOYING')];
    expect(pods.map((pod) => [pod?.release, pod?.whole, plan(moves, pod)])).toEqual([
      [undefined, undefined, 'return 2'],
      ['r1', true, 'return 2'],
      ['r1', false, 'return 2'],
      ['r2', true, 'abandon'],
      ['r2', false, 'return 2'],
      ['r3', true, 'confirm 2'],
      ['r3', false, 'return 2'],
      [undefined, true, 'return 2'],
      [undefined, false, 'return 2'],
    ]);
  });

  test('in SWITCHING with both pods there: finished if the new one runs, else requests go back to the old one', () => {
    const moves = [...two, ...upTo(3, 'DEPLOYING'), move(3, 'DEPLOYING', 'SWITCHING')];
    const kind = (whole: boolean) =>
      planRecovery(log(moves), [
        { release: 'r2', whole: true },
        { release: 'r3', whole },
      ]).kind;
    expect([kind(true), kind(false)]).toEqual(['confirm', 'abandon']);
  });

  test('with nothing to go back to', () => {
    const first = upTo(3, 'DEPLOYING');
    expect(plan(first, undefined)).toBe('clear');
    expect(plan(first, { release: 'r3', whole: false })).toBe('clear');
    expect(plan(first, { release: 'r3', whole: true })).toBe('confirm');
  });

  test('on the way back', () => {
    const moves = [
      ...two,
      ...upTo(3, 'DEPLOYING'),
      move(3, 'DEPLOYING', 'FAILED'),
      move(2, 'RUNNING', 'DEPLOYING'),
    ];
    expect(plan(moves, undefined)).toBe('again');
    expect(plan(moves, { release: 'r3', whole: true })).toBe('again');
    expect(plan(moves, { release: 'r2', whole: true })).toBe('confirm');
  });

  test('with nothing underway: a pod of a stopped deployment is removed, one of `up` is not', () => {
    for (const pod of pods) expect(plan(two, pod)).toBe('none');
    const down = [...two, move(2, 'RUNNING', 'STOPPED')];
    expect(plan(down, { release: 'r2', whole: true })).toBe('remove');
    expect(plan(down, { release: undefined, whole: true })).toBe('none');
    expect(plan([], undefined)).toBe('none');
  });
});

test('a release is its bytes, and the names of its images are of one stack only', () => {
  const image = {
    container: 'api',
    reference: 'localhost/p/api',
    project: 'api',
    digest: `sha256:${'a'.repeat(64)}`,
    name: keptName('localhost/p/api', `sha256:${'a'.repeat(64)}`, 'shop.1'),
    config: `sha256:${'b'.repeat(64)}`,
  };
  const text = encodeRelease({ file: 'stack.yaml', text: 'x', images: [image] });
  const digest = releaseDigest(text);
  expect(parseRelease(text, digest)).toEqual({ version: 1, file: 'stack.yaml', text: 'x', images: [image] });
  expect(parseRelease(text.replace('"x"', '"y"'), digest)).toBeUndefined();
  expect(image.name).toMatch(/^localhost\/p\/api:deployed-a{12}-[0-9a-f]{8}$/);
  expect(keptName('docker.io/library/redis:7@sha256:0', image.digest, 'shop.1')).toMatch(
    /^docker.io\/library\/redis:deployed-/,
  );
  const other = keptName('localhost/p/api', image.digest, 'shop.2');
  expect(listUnneeded([image.name, other, 'localhost/p/api:latest'], 'shop.1', [])).toEqual([image.name]);
  expect(listUnneeded([image.name, other], 'shop.1', [image.name])).toEqual([]);
});

test('a history as a table and as JSON, the latest first', () => {
  const moves = [
    { ...upTo(1, 'BUILDING')[0]!, images: [`api=sha256:${'c'.repeat(64)}`] },
    { ...move(1, 'BUILDING', 'FAILED'), cause: 'STACK_PORT_IN_USE: port 1 is in use' },
    ...upTo(2, 'RUNNING'),
  ];
  expect(printHistory('shop', log(moves), 10)).toBe(
    [
      '     state               since                 by   images  cause\n',
      '  2  RUNNING             2026-01-01T00:00:00Z  ann\n',
      '  1  FAILED in BUILDING  2026-01-01T00:00:00Z  ann          STACK_PORT_IN_USE: port 1 is in use\n',
    ].join(''),
  );
  const json = JSON.parse(encodeHistory('shop', log(moves), 1));
  expect(json).toMatchObject({
    stack: 'shop',
    deployments: [{ number: 2, state: 'RUNNING', wasHealthy: true }],
  });
  expect(printHistory('shop', [] as Deployment[], 10)).toBe('  shop was never deployed\n');
});
