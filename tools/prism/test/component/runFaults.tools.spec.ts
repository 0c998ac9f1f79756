import { execFileSync, spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { busybox, writePlatforms, writeShellBase } from '../../../../test/support/busybox';
import { digestOf } from '../../../../test/support/components';
import { describeWith, type Need } from '../../../../test/support/needs';
import { endsAt, writePodman } from '../../../../test/support/standIn';
import { makeWorkspace, until, type Workspace } from '../../../../test/support/workspace';

let workspace: Workspace;

function write(name: string, lines: readonly string[], architectures = ['amd64'], options = {}): void {
  workspace.write(`svc/${name}/Containerfile`, `${lines.join('\n')}\n`);
  writePlatforms(workspace, name, architectures, options);
}
const smallDisks: Need = {
  what: 'the right to mount a tmpfs',
  there:
    process.getuid?.() === 0 &&
    spawnSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'none', '/mnt']).status === 0,
  sandboxMayRefuse: true,
};
const build = (name: string, env?: NodeJS.ProcessEnv) => workspace.nx(['build-image', name], env);
const path = (...names: string[]) => workspace.path(['.prism/containers/0-linux-amd64', ...names].join('/'));
const podman = (...args: string[]) =>
  execFileSync(
    'podman',
    ['--root', path('root'), '--runroot', 'run', '--storage-opt', 'overlay.skip_mount_home=true', ...args],
    {
      cwd: path(),
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    },
  );
const containers = () => podman('ps', '--all', '--external', '--quiet').split('\n').filter(Boolean);
const images = () => podman('images', '--all', '--quiet').split('\n').filter(Boolean);

beforeAll(() => {
  workspace = makeWorkspace();
  writeShellBase(workspace);
});
afterAll(() => {
  workspace.remove();
});

test('a command that fails: its last lines, its status, file and line', async () => {
  write('fails', [
    'FROM localhost/shell',
    '',
    'RUN for i in $(seq 100); do echo line $i; done; echo the reason >&2; exit 7',
  ]);
  const { status, output } = await build('fails');
  expect(status).toBe(1);
  expect(output).toMatch(
    /svc\/fails\/Containerfile:3: RUN_FAILED: status 7 from RUN for i .* for linux\/amd64/,
  );
  expect(output).toMatch(/cause: line 100\n/);
  expect(output).toContain('cause: the reason\n');
  expect(output).not.toMatch(/line 50\n|STEP 1/);
  expect(containers()).toEqual([]);
  expect(fs.existsSync(workspace.path('dist/images/fails'))).toBe(false);
});

test('secrets that nothing names, that are not there, and one that may be missing', async () => {
  const mounts = ['a,required', 'b,required=true', 'c,required', 'd'].map(
    (id) => `--mount=type=secret,id=${id}`,
  );
  const secrets = { b: { file: 'no/such/file' }, c: { env: 'NOT_SET_ANYWHERE' } };
  write('secrets', ['FROM localhost/shell', `RUN ${mounts.join(' ')} true`], ['amd64'], { secrets });
  const { status, output } = await build('secrets');
  expect(status).toBe(1);
  const at = 'svc/secrets/Containerfile:2: SECRET_MISSING: ';
  expect(output).toContain(`${at}nothing says where the secret a is`);
  expect(output).toContain(`${at}there is no no/such/file with the secret b`);
  expect(output).toContain(`${at}the secret c is not in the environment as NOT_SET_ANYWHERE`);
  expect(output).not.toContain('secret d');
});

test('no engine, an engine that does not answer, and a stage that is not there', async () => {
  write('engine', ['FROM localhost/shell', 'RUN true']);
  const bin = workspace.path('tmp/bin');
  fs.mkdirSync(bin, { recursive: true });
  fs.symlinkSync(process.execPath, `${bin}/node`);
  expect((await build('engine', { PATH: bin })).output).toMatch(
    /svc\/engine\/Containerfile:2: ENGINE_MISSING: neither podman nor docker on PATH/,
  );
  fs.writeFileSync(`${bin}/docker`, '#!/bin/sh\nexit 1\n', { mode: 0o755 });
  expect((await build('engine', { PATH: bin })).output).toMatch(
    /svc\/engine\/Containerfile:2: ENGINE_FAILED: status 1 from: docker ps /,
  );
  const stage = await workspace.nx(['build-image', 'engine', '--stage=none']);
  expect(stage.output).toMatch(/CONTAINERFILE_TARGET_UNKNOWN/);
});

test('another architecture without emulation says what to install', async () => {
  // An architecture that no machine registers, so that the test says the same everywhere.
  workspace.write(
    'svc/strange/s390x/busybox',
    Buffer.from(fs.readFileSync(busybox())).fill(22, 18, 19),
    0o755,
  );
  write(
    'strange',
    ['FROM scratch', 'COPY s390x/busybox /bin/busybox', 'RUN ["/bin/busybox", "true"]'],
    ['s390x'],
  );
  const { status, output } = await build('strange');
  expect(status).toBe(1);
  expect(output).toMatch(
    /svc\/strange\/Containerfile:3: EMULATION_MISSING: .* linux\/s390x[\s\S]*qemu-user-static/,
  );
});

test('Podman killed in a build: the next run removes what it left, and the store works', async () => {
  write('killed', ['FROM localhost/shell', 'RUN echo started; sleep 60']);
  const running = workspace.start(['build-image', 'killed']);
  await until('the command runs', () => {
    try {
      return fs.existsSync(path('root')) && containers().length > 0;
    } catch {
      return false;
    }
  });
  running.killAll('SIGKILL');
  await running.ended;
  // The container's own process outlives Podman.
  expect(containers()).not.toEqual([]);
  write('killed', ['FROM localhost/shell', 'RUN echo again > /again']);
  expect(await build('killed')).toMatchObject({ status: 0 });
  expect(containers()).toEqual([]);
});

test.each(['pull', 'build', 'push'])(
  'Podman that is told to end while it does %s says 0 with nothing done, and that is not taken for a result',
  async (verb) => {
    const name = `ended-${verb}`;
    workspace.write(`svc/${name}/own`, name);
    write(name, ['FROM localhost/shell', 'COPY own /own', `RUN cat /own > /result`]);
    const { status, output } = await build(name, writePodman(workspace, endsAt(verb)));
    expect(status).toBe(1);
    expect(output).toContain(`ENGINE_FAILED: podman ${verb} ended before its work was done`);
    expect(output).not.toMatch(/\n {4}at /);
    expect(fs.existsSync(workspace.path(`dist/images/${name}`))).toBe(false);
    const again = await build(name);
    if (again.status !== 0) throw new Error(again.output);
  },
);

test('two runs at once in one store end with the same image', async () => {
  for (const name of ['one', 'two'])
    write(name, ['FROM localhost/shell', 'RUN echo same > /same', `LABEL name=${name}`]);
  const ran = await Promise.all(['one', 'two', 'one'].map((name) => build(name)));
  expect(ran.map(({ status }) => status)).toEqual([0, 0, 0]);
  const layers = ['one', 'two'].map(
    (name) => JSON.parse(workspace.read(`dist/images/${name}/digest.json`)).platforms[0].layers.at(-1).digest,
  );
  expect(layers[0]).toBe(layers[1]);
  expect(digestOf(workspace, 'one')).not.toBe(digestOf(workspace, 'two'));
});

describeWith([smallDisks], 'a disk', () => {
  test('that is full, wherever in a build: one message, nothing half-made, and with room the next run is right', async () => {
    write('full', [
      'FROM localhost/shell',
      'RUN for i in 1 2 3 4 5; do cat /bin/busybox >> /big; done',
      'RUN echo small > /small',
    ]);
    expect(await build('full')).toMatchObject({ status: 0 });
    const digest = digestOf(workspace, 'full');
    const at = workspace.path('small');
    fs.mkdirSync(at);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'none', at]);
    const refused: number[] = [];
    try {
      // Each size is full at another place: a pull, the command itself, its commit, what is read back, our own layer.
      for (const megabytes of [1, 3, 8, 16, 32, 64]) {
        execFileSync('mount', ['-o', `remount,size=${megabytes}m`, at]);
        for (const path of ['dist/images/full', '.nx/cache'])
          fs.rmSync(workspace.path(path), { recursive: true, force: true });
        const { status, output } = await build('full', { PRISM_DIR: 'small' });
        if (status === 0) break;
        refused.push(megabytes);
        expect(output).toMatch(/DISK_FULL: /);
        expect(output).not.toMatch(/^\s+at .*\.js|ENGINE_FAILED/m);
        expect(fs.existsSync(workspace.path('dist/images/full/digest.json'))).toBe(false);
      }
      console.info(`full at ${refused.join(', ')} MB`);
      expect(refused.length).toBeGreaterThan(3);
      expect(refused).not.toContain(64);
      expect(digestOf(workspace, 'full')).toBe(digest);
    } finally {
      execFileSync('umount', ['-l', at]);
    }
  });
});

test('a store does not grow with 50 rebuilds', async () => {
  const layers = () =>
    fs.readdirSync(path('root/overlay')).filter((name) => /^[0-9a-f]{64}$/.test(name)).length;
  const rest = Array.from({ length: 24 }, (_, at) => `RUN echo ${at} > /file`);
  for (const first of ['one', 'two']) {
    write('many', ['FROM localhost/shell', `RUN echo ${first} > /first`, ...rest]);
    expect(await build('many')).toMatchObject({ status: 0 });
    // Each command had an image to start from and one that it made; all share the layers below.
    expect(images().length).toBeLessThanOrEqual(48);
    expect(layers()).toBeLessThanOrEqual(60);
  }
  expect(containers()).toEqual([]);
  expect(JSON.parse(fs.readFileSync(path('images.json'), 'utf8')).length).toBeLessThanOrEqual(48);
});
