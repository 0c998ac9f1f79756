import { PassThrough, Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { run } from '../src/index';

const sh = (script: string): [string, ...string[]] => ['/bin/sh', '-c', script];
const failureOf = async (...args: Parameters<typeof run>) => {
  const result = await run(...args);
  if (result.ok) throw new Error('it went well');
  return result.failures[0]!;
};

test('gives both outputs apart', async () => {
  const result = await run({ argv: sh('echo out; echo err >&2') });
  expect(result).toEqual({ ok: true, value: { stdout: 'out', stderr: 'err' } });
});

test('or passes them on as they come, and keeps none', async () => {
  const chunks: string[][] = [];
  const onOutput = (chunk: string, from: string) => void chunks.push([from, chunk]);
  const result = await run({ argv: sh('echo out; echo err >&2'), onOutput });
  expect(result).toEqual({ ok: true, value: { stdout: '', stderr: '' } });
  expect(chunks.sort()).toEqual([
    ['stderr', 'err\n'],
    ['stdout', 'out\n'],
  ]);
});

test('a character is never cut in two, and there may be more output than fits', async () => {
  let [bytes, strange] = [0, ''];
  const result = await run({
    argv: sh('yes äöüß | head -c 90000000'),
    onOutput: (chunk) => {
      bytes += Buffer.byteLength(chunk);
      strange ||= /[^äöüß\n]/.exec(chunk)?.[0] ?? '';
    },
  });
  expect(result.ok).toBe(true);
  expect({ bytes, strange }).toEqual({ bytes: 90_000_000, strange: '' });
});

test('arguments reach the command as they are', async () => {
  const argument = 'a b"$(id)`id`\n*;';
  const result = await run({ argv: ['/usr/bin/printf', '%s', argument] });
  expect(result.ok && result.value.stdout).toBe(argument);
});

test('an environment that is given is the whole environment; none inherits', async () => {
  process.env.PRISM_TEST_LEAK = 'leak';
  const alone = await run({ argv: ['/usr/bin/env'], env: { ONLY: '1' } });
  expect(alone.ok && alone.value.stdout).toBe('ONLY=1');
  const inherited = await run({ argv: ['/usr/bin/env'] });
  expect(inherited.ok && inherited.value.stdout).toContain('PRISM_TEST_LEAK=leak');
  delete process.env.PRISM_TEST_LEAK;
});

test('a command that is not there is said so', async () => {
  expect(await failureOf({ argv: ['/no/such/command'] })).toMatchObject({
    code: 'COMMAND_NOT_FOUND',
    what: 'cannot find the command /no/such/command',
  });
});

// execa says ENOENT for both; known and reported.
test('a working directory that is not there is not taken for a missing command', async () => {
  const failure = await failureOf({ argv: ['/bin/true'], cwd: '/no/such/directory' });
  expect(failure.what + failure.why).toContain('/no/such/directory');
});

test('a failing command names its status and the end of what it said', async () => {
  const failure = await failureOf({ argv: sh('seq 100 >&2; exit 7') });
  expect(failure.code).toBe('COMMAND_FAILED');
  expect(failure.what).toContain('status 7');
  expect(failure.why?.split('\n').at(-1)).toBe('100');
  expect(failure.why?.split('\n')).toHaveLength(40);
});

test('of a failing command each output shows, however much the other says', async () => {
  const failure = await failureOf({ argv: sh('echo the reason >&2; seq 100; exit 7') });
  const shown = Array.from({ length: 39 }, (_, at) => String(at + 62));
  expect(failure.why?.split('\n')).toEqual([...shown, 'the reason']);
});

test('a command that was killed from outside names the signal', async () => {
  expect((await failureOf({ argv: sh('kill -9 $$') })).what).toContain('SIGKILL');
});

test('a time limit ends the command, and is said', async () => {
  const begin = Date.now();
  const failure = await failureOf({ argv: ['/bin/sleep', '60'], timeout: 50 });
  expect(failure).toMatchObject({ code: 'COMMAND_TIMED_OUT' });
  expect(Date.now() - begin).toBeLessThan(10_000);
});

test('a time limit ends a command that ignores SIGTERM', async () => {
  const begin = Date.now();
  const argv = sh("trap '' TERM; echo ready; while :; do sleep 0.1; done");
  const failure = await failureOf({ argv, timeout: 500 });
  expect(failure.code).toBe('COMMAND_TIMED_OUT');
  expect(Date.now() - begin).toBeLessThan(15_000);
});

test('input comes as text, bytes or a stream; a reader that ends early is no crash', async () => {
  for (const input of ['text', Buffer.from('text'), Readable.from([Buffer.from('te'), Buffer.from('xt')])]) {
    const result = await run({ argv: ['/bin/cat'], input });
    expect(result.ok && result.value.stdout).toBe('text');
  }
  const endless = Readable.from(
    (function* () {
      for (let count = 0; count < 200; count++) yield Buffer.alloc(65_536);
    })(),
  );
  expect(await run({ argv: ['/bin/true'], input: endless })).toMatchObject({ ok: true });
});

test.each([
  ['ends without reading', sh('exit 3'), 'COMMAND_FAILED'],
  ['is not there', ['/no/such/command'] as [string], 'COMMAND_NOT_FOUND'],
])('who writes to a command that %s is not left waiting', async (_, argv, code) => {
  const input = new PassThrough();
  const more = Readable.from(Array.from({ length: 200 }, () => Buffer.alloc(65_536)));
  const writing = pipeline(more, input).then(
    () => 'all of it',
    () => 'cut off',
  );
  expect((await failureOf({ argv, input })).code).toBe(code);
  expect(await writing).toBe('cut off');
});

test('a command whose input is cut off is ended: half of it is not the whole', async () => {
  for (const error of [undefined, new Error('no more')]) {
    const input = new PassThrough();
    input.write('half');
    const onOutput = () => input.destroy(error);
    expect(await failureOf({ argv: ['/bin/cat'], input, onOutput })).toMatchObject({
      code: 'COMMAND_FAILED',
      what: expect.stringContaining('SIGTERM'),
    });
  }
});

test('a command may close its input early and go on', async () => {
  const input = new PassThrough();
  input.write('some');
  const result = await run({ argv: sh('exec <&-; sleep 0.2; echo done'), input });
  expect(result.ok && result.value.stdout).toBe('done');
});
