import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { engineSettings } from '../../../../test/support/engineSettings';
import { writePodman } from '../../../../test/support/standIn';
import { makeWorkspace, type Running, until, type Workspace } from '../../../../test/support/workspace';

/** Says what it was given, listens where it is told to, ends by SIGTERM or SIGINT with 0, or at once with a status. */
const program = `
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
static void end(int number) {
  FILE *log = fopen("/log/signals", "a");
  if (log) { fprintf(log, "%d\\n", number); fclose(log); }
  sleep(1);
  _exit(0);
}
int main(int argc, char **argv) {
  signal(SIGTERM, end); signal(SIGINT, end);
  for (int at = 1; at < argc; at++) printf("argument %s\\n", argv[at]);
  printf("GREETING=%s uid=%d root=%s\\n", getenv("GREETING"), getuid(), fopen("/x", "w") ? "writable" : "read-only");
  fflush(stdout);
  if (argc > 1 && !strcmp(argv[1], "status")) return atoi(argv[2]);
  if (argc > 1 && !strcmp(argv[1], "deaf")) { signal(SIGTERM, SIG_IGN); signal(SIGINT, SIG_IGN); }
  printf("up\\n"); fflush(stdout);
  for (;;) pause();
}
`;

let workspace: Workspace;
let prefix: string;
const env = engineSettings;
const podman = (...args: string[]) =>
  execFileSync('podman', args, { encoding: 'utf8', env: { ...process.env, ...env } }).trim();
const containers = () => podman('ps', '--all', '--format', '{{.Names}}', '--filter', `name=^${prefix}-`);
const run = (...more: string[]) => workspace.nx(['run-image', 'say', '--output-style=stream', ...more], env);

beforeAll(() => {
  workspace = makeWorkspace();
  prefix = `t${process.pid}`;
  workspace.write(
    'nx.json',
    JSON.stringify({ plugins: [{ plugin: 'prism', options: { prefix } }], analytics: false }),
  );
  workspace.write('svc/say/say.c', program);
  execFileSync('gcc', [
    '-static',
    '-O1',
    '-o',
    workspace.path('svc/say/say'),
    workspace.path('svc/say/say.c'),
  ]);
  workspace.write(
    'svc/say/project.json',
    JSON.stringify({
      name: 'say',
      targets: {
        'build-image': {
          options: { platforms: [`linux/${process.arch === 'x64' ? 'amd64' : process.arch}`] },
        },
      },
    }),
  );
  workspace.write(
    'svc/say/Containerfile',
    'FROM scratch AS debug\nCOPY say /say\nENV GREETING=debug\nENTRYPOINT ["/say"]\n' +
      'FROM scratch\nCOPY say /say\nUSER 7:7\nENTRYPOINT ["/say"]\n',
  );
});
afterAll(() => {
  const left = podman('images', '--quiet', '--filter', `reference=localhost/${prefix}/*`)
    .split('\n')
    .filter(Boolean);
  if (left.length > 0) podman('rmi', '--force', ...new Set(left));
  workspace.remove();
});
afterEach(() => expect(containers()).toBe(''));

test('runs what was built, as asked, and says how it ended', async () => {
  const good = await run('--env.GREETING=hello', '--readOnly', '--args=status', '--args=0');
  expect(good.output).toContain('GREETING=hello uid=7 root=read-only');
  expect(good).toMatchObject({ status: 0 });
  const bad = await run('--args=status', '--args=3', '--user=0');
  expect(bad.output).toContain('uid=0 root=writable');
  expect(bad.output).toContain(`${prefix}-say ended with status 3`);
  expect(bad.status).toBe(1);
});

test('a variant has a target of its own', async () => {
  const { output, status } = await workspace.nx(
    ['run-image-debug', 'say', '--output-style=stream', '--args=status', '--args=0'],
    env,
  );
  expect(output).toContain('GREETING=debug');
  expect(output).toContain(`${prefix}-say-debug ended`);
  expect(status).toBe(0);
});

async function startAndWait(...more: string[]): Promise<Running & { output: () => string }> {
  const running = workspace.start(['run-image', 'say', '--output-style=stream', ...more], env);
  let output = '';
  running.child.stdout!.on('data', (chunk) => (output += String(chunk)));
  await until('it is up', () => /\bup\n/.test(output));
  return { ...running, output: () => output };
}

test.each(['SIGINT', 'SIGTERM'] as const)(
  '%s to all, as from a terminal, reaches the container',
  async (signal) => {
    fs.mkdirSync(workspace.path(signal));
    fs.chmodSync(workspace.path(signal), 0o777);
    const running = await startAndWait(`--volumes=./${signal}:/log`);
    expect(containers()).toBe(`${prefix}-say`);
    running.killAll(signal);
    await running.ended;
    await until('the container is gone', () => containers() === '');
    // Nx sends SIGTERM after the first one, to everything below it.
    expect(workspace.read(`${signal}/signals`).split('\n')[0]).toBe(signal === 'SIGINT' ? '2' : '15');
  },
);

const commandOf = () =>
  Number(execFileSync('pgrep', ['-f', `^podman run .*--name=${prefix}-say `], { encoding: 'utf8' }));

function hasStopped(pid: number): boolean {
  const threads = fs.readdirSync(`/proc/${pid}/task`);
  return threads.every((thread) =>
    /^State:\tT/m.test(fs.readFileSync(`/proc/${pid}/task/${thread}/status`, 'utf8')),
  );
}

/** Whether a stopped process was sent a signal (proc(5): a mask in hexadecimal, of the process and of the thread). */
function wasSent(pid: number, signal: number): boolean {
  const masks = [...fs.readFileSync(`/proc/${pid}/status`, 'utf8').matchAll(/^(?:Shd|Sig)Pnd:\s*(\w+)/gm)];
  return masks.some(([, mask]) => (BigInt(`0x${mask}`) >> BigInt(signal - 1)) & 1n);
}

test.each([
  ['died of the signal', ['SIGINT'], '2'],
  ['was killed, which nobody had asked for', [], '15'],
] as const)('a container whose engine command %s is asked itself', async (what, signals, received) => {
  const log = what.split(' ')[0]!;
  fs.mkdirSync(workspace.path(log));
  fs.chmodSync(workspace.path(log), 0o777);
  const running = await startAndWait(`--volumes=./${log}:/log`);
  const command = commandOf();
  for (const signal of signals) {
    process.kill(command, 'SIGSTOP');
    await until('it has stopped', () => hasStopped(command));
    running.killAll(signal);
    await until('the signal is passed on', () => wasSent(command, Number(received)));
  }
  process.kill(command, 'SIGKILL');
  await running.ended;
  await until('the container is gone', () => containers() === '');
  expect(workspace.read(`${log}/signals`).split('\n')[0]).toBe(received);
  if (signals.length === 0) expect(running.output()).toContain('podman was killed by SIGKILL');
});

test('a container whose engine command says 0 while it goes on is asked to end', async () => {
  fs.mkdirSync(workspace.path('goes'));
  fs.chmodSync(workspace.path('goes'), 0o777);
  const up = `until $podman logs ${prefix}-say | grep -qx up; do sleep 0.05; done`;
  const path = writePodman(
    workspace,
    `if [ "$1" = run ]; then shift; $podman run --detach "$@"; ${up}; exit 0; fi\nexec $podman "$@"`,
  );
  const args = ['run-image', 'say', '--output-style=stream', '--volumes=./goes:/log'];
  await workspace.nx(args, { ...env, ...path });
  expect(containers()).toBe('');
  expect(workspace.read('goes/signals')).toBe('15\n');
});

test('a signal to nx alone ends the container too', async () => {
  const running = await startAndWait();
  process.kill(running.child.pid!, 'SIGTERM');
  await running.ended;
  await until('the container is gone', () => containers() === '');
});

test('what does not listen is removed in the end', async () => {
  const running = await startAndWait('--args=deaf', '--stopTimeout=1');
  running.killAll('SIGINT');
  await running.ended;
  await until('the container is gone', () => containers() === '');
});

test('a run that is killed leaves its container, and the next one ends it', async () => {
  const running = await startAndWait();
  const exited = new Promise((resolve) => running.child.on('exit', resolve));
  running.killAll('SIGKILL');
  await exited;
  expect(containers()).toBe(`${prefix}-say`);
  const next = await run('--args=status', '--args=0');
  expect(next.output).toContain(`${prefix}-say is ended first`);
  expect(next.status).toBe(0);
});

test('two of one name: the second is refused with a word; what a killed run left is no obstacle', async () => {
  podman('run', '--detach', `--name=${prefix}-say`, `localhost/${prefix}/say:latest`);
  const second = await run();
  expect(second.output).toContain('RUN_NAME_IN_USE');
  expect(second.status).toBe(1);
  const other = await run(`--name=${prefix}-other`, '--args=status', '--args=0');
  expect(other.status).toBe(0);
  podman('rm', '--force', '--time=0', `${prefix}-say`);
  podman('create', `--name=${prefix}-say`, `localhost/${prefix}/say:latest`);
  expect((await run('--args=status', '--args=0')).status).toBe(0);
});
