import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createHttp2 } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeHost, type Launch, makeFloorProgram, measureNoise, measureSides, parseProbe } from '../src';
import { askGrpc, askHttp } from '../src/start/askHealth';
import { measureReady } from '../src/start/measureReady';
import type { Probe } from '../src/start/parseProbe';

const path = process.env.PATH ?? '';

/** A program of Node. */
const node = (script: string): Launch => ({
  argv: [process.execPath, '-e', script],
  env: { PATH: path },
  pidOf: async ({ pid }) => pid,
  stop: async ({ kill }) => kill('SIGKILL'),
});

const serve = (port: number, more = '') =>
  node(`${more}; require('node:http').createServer((_, a) => a.end('ok')).listen(${port}, '127.0.0.1')`);

function probe(text: string): Probe {
  const parsed = parseProbe(text);
  if ('why' in parsed) throw new Error(parsed.why);
  return parsed;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const measure = (launch: Launch, text: string, limit = 20_000) =>
  measureReady('api', launch, probe(text), limit);

test.each([
  ['grpc://127.0.0.1:50100', { kind: 'grpc', host: '127.0.0.1', port: 50100, service: '' }],
  ['grpc://localhost:1/a.B', { kind: 'grpc', host: 'localhost', port: 1, service: 'a.B' }],
  ['http://127.0.0.1:80', { kind: 'http', host: '127.0.0.1', port: 80, path: '/' }],
  ['http://127.0.0.1:80/a?b', { kind: 'http', host: '127.0.0.1', port: 80, path: '/a?b' }],
  ['log:^ready: ok', { kind: 'log', pattern: /^ready: ok/m }],
  ['command:test -e x', { kind: 'command', command: 'test -e x' }],
  ['exit', { kind: 'exit' }],
])('%s is a probe', (text, found) => {
  expect(parseProbe(text)).toEqual(found);
});

test.each([
  ['http://127.0.0.1', 'is none of'],
  ['http://example.com:80/', 'is not a loopback address'],
  ['http://127.0.0.1:0/', '0 is no port'],
  ['http://127.0.0.1:65536', '65536 is no port'],
  ['https://127.0.0.1:1', 'is none of'],
  ['log:(', 'Invalid regular expression'],
  ['log:', 'is none of'],
  ['', 'is none of'],
])('%s is no probe', (text, why) => {
  expect(parseProbe(text)).toEqual({ why: expect.stringContaining(why) });
});

test('a server is ready with its first good answer, and its memory is read', async () => {
  const port = await freePort();
  const ready = await measure(serve(port), `http://127.0.0.1:${port}/`);
  expect(ready).toMatchObject({ ok: true });
  if (!ready.ok) return;
  expect(ready.value.milliseconds).toBeGreaterThan(1);
  expect(ready.value.memory!.pss).toBeGreaterThan(1e6);
  expect(ready.value.memory!.peak).toBeGreaterThanOrEqual(ready.value.memory!.pss * 0.9);
  // It was stopped.
  expect(await askHttp({ kind: 'http', host: '127.0.0.1', port, path: '/' })).toBe(false);
});

test('a line of the log, a command and an end with status 0 are good answers, too', async () => {
  const logs = node("setTimeout(() => console.error('it is ready'), 30); setInterval(() => {}, 1000)");
  expect(await measure(logs, 'log:is ready$')).toMatchObject({ ok: true });
  expect(await measure(logs, 'command:true')).toMatchObject({ ok: true });
  expect(await measure(node(''), 'exit')).toMatchObject({ ok: true, value: { memory: undefined } });
});

test('a component that ends is reported with its last lines', async () => {
  const ended = await measure(node("console.error('DATABASE_URL is not set'); process.exit(3)"), 'log:never');
  expect(ended).toMatchObject({
    ok: false,
    failures: [
      {
        code: 'START_ENDED',
        what: 'api ended with status 3 before it was ready',
        why: 'DATABASE_URL is not set',
      },
    ],
  });
});

test('a component that never gets ready is stopped at the limit', async () => {
  const silent = node("console.log('waiting for the database'); setInterval(() => {}, 1000)");
  expect(await measure(silent, 'log:never', 400)).toMatchObject({
    ok: false,
    failures: [
      { code: 'START_TIMED_OUT', what: 'api was not ready within 0.4 s', why: 'waiting for the database' },
    ],
  });
});

test('a component that listens elsewhere is told where', async () => {
  const [port, asked] = [await freePort(), await freePort()];
  const found = await measure(serve(port), `http://127.0.0.1:${asked}/`, 1500);
  expect(found).toMatchObject({
    ok: false,
    failures: [
      {
        code: 'START_ELSEWHERE',
        what: `api listens on 127.0.0.1:${port}, and its probe asks 127.0.0.1:${asked}`,
      },
    ],
  });
});

test('what answers before the start is not the component', async () => {
  const server = createServer((_, answer) => answer.end('ok'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const found = await measure(serve(port), `http://127.0.0.1:${port}/`);
  expect(found).toMatchObject({ ok: false, failures: [{ code: 'PROBE_TAKEN' }] });
  await new Promise((resolve) => server.close(resolve));
});

test('gRPC health is asked for the server and for a service', async () => {
  const asked: string[] = [];
  const server = createHttp2();
  server.on('stream', (stream, headers) => {
    let body = Buffer.alloc(0);
    stream.on('data', (part: Buffer) => {
      body = Buffer.concat([body, part]);
    });
    stream.on('end', () => {
      asked.push(`${headers[':path']} ${body.subarray(5).toString('hex')}`);
      stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
      stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
      // SERVING for the server, NOT_SERVING for a service.
      stream.end(Buffer.from(body.length > 5 ? [0, 0, 0, 0, 2, 8, 2] : [0, 0, 0, 0, 2, 8, 1]));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const ask = (service: string) => askGrpc({ kind: 'grpc', host: '127.0.0.1', port, service });
  expect(await ask('')).toBe(true);
  expect(await ask('a.B')).toBe(false);
  expect(asked).toEqual([
    '/grpc.health.v1.Health/Check ',
    `/grpc.health.v1.Health/Check 0a03${Buffer.from('a.B').toString('hex')}`,
  ]);
  await new Promise((resolve) => server.close(resolve));
  expect(await ask('')).toBe(false);
});

test('the floor program prints its line and ends, and sides are measured in turns', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'prism-floor-'));
  try {
    const program = join(directory, 'floor');
    writeFileSync(program, makeFloorProgram(process.arch === 'x64' ? 'amd64' : process.arch)!);
    chmodSync(program, 0o755);
    expect(execFileSync(program, { encoding: 'utf8' })).toBe('ready\n');
    const floor = { argv: [program] as [string], env: {}, stop: async () => undefined };
    const component = node("console.log('up'); setInterval(() => {}, 1000)");
    const sides = await measureSides(
      'api',
      [{ where: 'bare', command: ['up'], component, floor }],
      probe('log:up'),
      {
        runs: 3,
        limit: 20_000,
      },
    );
    expect(sides).toMatchObject({ ok: true });
    if (!sides.ok) return;
    const [side] = sides.value;
    expect([side!.ready.values.length, side!.floor.values.length, side!.idle!.values.length]).toEqual([
      3, 3, 3,
    ]);
    expect(side!.floor.median).toBeLessThan(side!.ready.median);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
});

test('a host has a fingerprint that depends on its tools, and its noise is measured', () => {
  expect(describeHost([])).toEqual(describeHost([]));
  expect(describeHost(['podman 5.0.0']).fingerprint).not.toBe(describeHost(['podman 4.3.1']).fingerprint);
  const noise = measureNoise();
  expect(noise.tooNoisy).toBe(noise.spread > noise.limit);
});
