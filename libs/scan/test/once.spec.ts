import { makeInTurn } from '../src';

test('runs at most as many as the limit, in order, also after work that throws', async () => {
  const inTurn = makeInTurn(2);
  let running = 0;
  let most = 0;
  const started: number[] = [];
  const work = (number: number) =>
    inTurn(async () => {
      started.push(number);
      most = Math.max(most, ++running);
      await new Promise(setImmediate);
      running--;
      if (number === 1) throw new Error('one');
      return number;
    }).catch(() => -1);
  expect(await Promise.all([0, 1, 2, 3, 4].map(work))).toEqual([0, -1, 2, 3, 4]);
  expect(most).toBe(2);
  expect(started).toEqual([0, 1, 2, 3, 4]);
});
