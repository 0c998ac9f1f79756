import { execFileSync, spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { writePlatforms, writeShellBase } from '../../../../test/support/busybox';
import { digestOf } from '../../../../test/support/components';
import { hashOf, readImageFiles } from '../../../../test/support/imageFiles';
import { describeWith, type Need } from '../../../../test/support/needs';
import { makeWorkspace, type Ran, type Workspace } from '../../../../test/support/workspace';

let workspace: Workspace;

async function done(running: Promise<Ran>): Promise<void> {
  const { status, output } = await running;
  if (status !== 0) throw new Error(output);
}

beforeAll(async () => {
  workspace = makeWorkspace();
  writeShellBase(workspace);
  await done(workspace.nx(['materialize', 'shell']));
});
afterAll(() => {
  workspace.remove();
});

/** What plain `podman build` makes of a component, in a store of its own. */
async function buildByPodman(name: string) {
  const store = [
    '--root',
    'tmp/store',
    '--runroot',
    'tmp/run',
    '--storage-opt',
    'overlay.skip_mount_home=true',
  ];
  const podman = (...args: string[]) =>
    execFileSync('podman', [...store, ...args], {
      cwd: workspace.root,
      encoding: 'utf8',
      stdio: 'pipe',
    }).trim();
  const base = podman('pull', '--quiet', 'oci:dist/layouts/shell');
  podman('tag', base, 'localhost/shell');
  const id = podman('build', '--quiet', '--pull=never', `svc/${name}`).split('\n').at(-1)!;
  const layout = workspace.path(`tmp/${name}`);
  podman('push', '--quiet', id, `oci:tmp/${name}`);
  return readImageFiles(layout);
}

/** Files that Podman leaves of itself, or of places where it mounted something. */
const traces =
  /^\/(proc|sys|dev|run(\/secrets|\/\.containerenv)?|etc\/(hosts|hostname|resolv\.conf)|mnt|var(\/cache)?) /;

const cases: Readonly<Record<string, readonly string[]>> = {
  files: [
    'FROM localhost/shell',
    'WORKDIR /srv/app',
    'COPY tree /srv/app/',
    'RUN mkdir -p a/b/c && echo x > a/b/c/x && ln a/b/c/x hard && ln -s ../app link && chmod 4751 a/b/c/x && chmod 1777 a',
    'RUN rm -rf a/b && rm /etc/group && rm -r kept/dir && mkdir kept/dir && echo new > kept/dir/new',
    'RUN mv kept moved && chmod 700 moved && rm one && mkdir one && touch one/two',
  ],
  users: [
    'FROM localhost/shell AS base',
    'RUN mkdir -p /home/web && chmod 777 /home/web',
    'FROM base',
    'USER web',
    'WORKDIR /home/web',
    'ENV A="with space" B=$A-more',
    'ARG C=argument',
    'SHELL ["/bin/sh", "-eu", "-c"]',
    'RUN echo "$A|$B|$C|$PWD|$HOME|$(id -u):$(id -g)" > said',
    'COPY --from=base /etc/passwd copied',
  ],
  stages: [
    'FROM localhost/shell AS one',
    'RUN mkdir /out && echo 1 > /out/1',
    'FROM one AS two',
    'RUN echo 2 > /out/2 && rm /out/1',
    'FROM localhost/shell',
    'COPY --from=one /out /one',
    'COPY --from=two /out /two',
    'RUN --mount=type=bind,from=two,source=/out,target=/mnt cat /mnt/2 > /three',
    'RUN --mount=type=cache,target=/var/cache echo 4 > /var/cache/4; cat /var/cache/4 > /four',
  ],
};

function writeCase(name: string): void {
  workspace.write(`svc/${name}/Containerfile`, `${cases[name]!.join('\n')}\n`);
  for (const file of ['one', 'kept/file', 'kept/dir/old']) workspace.write(`svc/${name}/tree/${file}`, file);
  writePlatforms(workspace, name);
}

test.each(Object.keys(cases))('%s: the files of the image are those of plain podman build', async (name) => {
  writeCase(name);
  await done(workspace.nx(['materialize', name]));
  const ours = await readImageFiles(workspace.path(`dist/layouts/${name}`));
  const theirs = await buildByPodman(name);
  const lines = (fields: ReadonlyMap<string, string>) =>
    [...fields]
      .filter(([field]) => !traces.test(field))
      .map(([field, value]) => `${field} ${value}`)
      .sort();
  expect(lines(ours.fields)).toEqual(lines(theirs.fields));
  expect([...theirs.fields.keys()].some((field) => traces.test(field))).toBe(true);
  expect([...ours.fields.keys()].filter((field) => traces.test(field))).toEqual([]);
});

test('the digest is a function of what the commands leave: not of time, place, order, store or storage driver', async () => {
  writeCase('files');
  // Here others were built before in the same store, later it is the first.
  writeCase('stages');
  await done(workspace.nx(['build-image', 'stages']));
  await done(workspace.nx(['build-image', 'files']));
  const digest = digestOf(workspace, 'files');
  const places = `runroot="${workspace.path('tmp/r')}"\ngraphroot="${workspace.path('tmp/g')}"\n`;
  workspace.write('tmp/storage.conf', `[storage]\ndriver="vfs"\n${places}`);
  for (const driver of ['', 'vfs']) {
    for (const path of ['.prism', 'dist']) fs.rmSync(workspace.path(path), { recursive: true, force: true });
    const env = driver ? { CONTAINERS_STORAGE_CONF: workspace.path('tmp/storage.conf') } : {};
    await done(workspace.nx(['build-image', 'files', '--skip-nx-cache'], env));
    expect(digestOf(workspace, 'files')).toBe(digest);
    expect(fs.existsSync(workspace.path(`.prism/containers/0-linux-amd64/root/${driver || 'overlay'}`))).toBe(
      true,
    );
  }
});

/** A kernel that lets a user namespace register QEMU for itself, so that nothing of the machine changes. */
const emulate = [
  'mount -t binfmt_misc binfmt_misc /proc/sys/fs/binfmt_misc',
  'cat /usr/lib/binfmt.d/qemu-aarch64.conf > /proc/sys/fs/binfmt_misc/register',
].join(' && ');
const inNamespace = (script: string) =>
  spawnSync('unshare', ['--user', '--map-root-user', '--mount', 'sh', '-c', script], {
    cwd: workspace?.root,
    encoding: 'utf8',
    env: { ...process.env, NX_DAEMON: 'false', NX_TUI: 'false', NX_ISOLATE_PLUGINS: 'false' },
  });
const emulation: Need = {
  what: 'QEMU and a kernel of 6.7 or later that lets users register it',
  there: process.arch === 'x64' && inNamespace(emulate).status === 0,
  sandboxMayRefuse: true,
};

describeWith([emulation], 'two platforms', () => {
  test('each runs its own programs, also where everything else is equal; a builder stage runs once', async () => {
    fs.rmSync(workspace.path('svc/shell'), { recursive: true });
    writeShellBase(workspace, ['amd64', 'arm64']);
    workspace.write(
      'svc/both/Containerfile',
      [
        'FROM --platform=linux/amd64 localhost/shell AS tools',
        'RUN busybox uname -m > /machine; cat /proc/sys/kernel/random/uuid > /once',
        'FROM localhost/shell',
        'COPY --from=tools /machine /once /tools/',
        'RUN busybox uname -m > /machine',
        '',
      ].join('\n'),
    );
    const ran = inNamespace(`${emulate} && exec node_modules/.bin/nx materialize both`);
    if (ran.status !== 0) throw new Error(ran.stdout + ran.stderr);
    const [amd64, arm64] = await Promise.all(
      ['amd64', 'arm64'].map((one) => readImageFiles(workspace.path('dist/layouts/both'), one)),
    );
    expect(amd64!.fields.get('/machine content')).toBe(hashOf('x86_64\n'));
    expect(arm64!.fields.get('/machine content')).toBe(hashOf('aarch64\n'));
    for (const { fields } of [amd64!, arm64!]) {
      expect(fields.get('/tools/machine content')).toBe(hashOf('x86_64\n'));
      expect(fields.get('/tools/once content')).toBe(amd64!.fields.get('/tools/once content'));
    }
  });
});
