import { sayIfLong } from '../src/index';

let said: string[];
beforeEach(() => {
  said = [];
  jest.useFakeTimers();
  jest.spyOn(process.stderr, 'write').mockImplementation((text) => said.push(String(text)) > 0);
});
afterEach(() => {
  jest.restoreAllMocks();
  jest.useRealTimers();
});

test('what is quick says nothing, also not later', async () => {
  await expect(sayIfLong('a compile', async () => 'made')).resolves.toBe('made');
  await expect(sayIfLong('a compile', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  await jest.advanceTimersByTimeAsync(600_000);
  expect(said).toEqual([]);
});

test('what takes long is said after five seconds, and each minute until it ends', async () => {
  const work = sayIfLong('a compile', () => new Promise((done) => setTimeout(done, 130_000)));
  await jest.advanceTimersByTimeAsync(4_999);
  expect(said).toEqual([]);
  await jest.advanceTimersByTimeAsync(600_000);
  await work;
  expect(said).toEqual(['a compile (5 s)\n', 'a compile (65 s)\n', 'a compile (125 s)\n']);
});
