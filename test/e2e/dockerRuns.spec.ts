import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { writePlatforms, writeShellBase } from '../support/busybox';
import { digestOf } from '../support/components';
import { describeWith, podman, root } from '../support/needs';
import { makeWorkspace, type Ran, type Workspace } from '../support/workspace';
import { type DockerDaemon, dockerd, startDocker } from './support/dockerDaemon';
import { until } from './support/until';

/** Lines of a Containerfile on a base with busybox. `lib/data`, `note` and `token` are in the context. */
const cases: Readonly<Record<string, readonly string[]>> = {
  'files, what is gone, and names of all kinds': [
    'RUN mkdir -p /srv/app/empty && chmod 1777 /srv/app && echo made > /srv/app/made && ln -s made /srv/app/link',
    'RUN chown 7:8 /srv/app/made && chmod 4751 /srv/app/made && ln /srv/app/made /srv/app/hard',
    'RUN touch -d @0 /srv/app/empty/old; rm /srv/app/link',
    'RUN mkdir -p /d/e /x && echo 1 > /d/e/f && echo 2 > /d/g && echo 3 > /x/y && echo 4 > /z',
    'RUN rm -r /d && mkdir -p /d/e && echo new > /d/e/h',
    'RUN rm -r /x /etc/group && echo file > /x && rm /z && mkdir /z && ln -s passwd /etc/group',
    'RUN rm /d/e/h && rm -r /z',
    "RUN mkdir '/a b' && echo 1 > '/a b/\"c,d=e' && echo 2 > \"/a b/$(printf 'l1\\nl2')\" && echo 3 > /ä",
    "RUN rm '/a b/\"c,d=e'",
  ],
  'mounts, caches and secrets': [
    'RUN --mount=type=bind,source=lib,target=/mnt/lib cat /mnt/lib/data > /file',
    'RUN --mount=type=bind,source=note,target=/mnt/note,rw cat /mnt/note >> /file; echo x > /mnt/note',
    'RUN --mount=type=bind,from=tools,source=/tools,target=/mnt/tools,rw cat /mnt/tools/name > /x; touch /mnt/tools/y',
    'RUN --mount=type=bind,from=tools,source=/empty,target=/bound ls -a /bound > /listed',
    'RUN --mount=type=tmpfs,target=/scratch touch /scratch/file',
    'RUN --mount=type=cache,target=/var/cache/x,mode=0750,uid=7,gid=8 stat -c "%a %u %g" /var/cache/x > /owned',
    'RUN --mount=type=cache,id=log,target=/var/log/x echo run >> /var/log/x/log',
    'RUN --mount=type=cache,id=log,target=/elsewhere wc -l < /elsewhere/log > /lines',
    'RUN --mount=type=secret,id=token stat -c "%a %s" /run/secrets/token > /size',
    'RUN --mount=type=secret,id=word,target=/word,mode=0444 wc -c < /word >> /size',
  ],
  'users, environment, heredocs, SHELL, no network': [
    'ARG NAME=world',
    'ENV GREETING=hello',
    'WORKDIR /work',
    'RUN echo "$GREETING $NAME from $PWD" > made; chmod 777 .',
    'USER web',
    'RUN echo "$(id -u) $(id -g) $HOME" > who',
    'USER root',
    'SHELL ["/bin/sh", "-euc"]',
    'RUN <<EOF\necho "$0 $-" > /shell\nEOF',
    'RUN <<EOF\n#!/bin/sh\necho script > /script\nEOF',
    'RUN --network=none ls /sys/class/net > /net',
    'RUN true',
  ],
};

describeWith([root, dockerd, podman], 'commands of stages by docker', () => {
  let daemon: DockerDaemon;
  let workspace: Workspace;
  const secrets = { token: { file: 'svc/app/token' }, word: { env: 'THE_WORD' } };

  beforeAll(async () => {
    daemon = await startDocker();
    workspace = makeWorkspace();
    writeShellBase(workspace);
    workspace.write('svc/app/lib/data', 'from the context\n');
    workspace.write('svc/app/note', 'a note\n');
    workspace.write('svc/app/token', 'the secret');
    writePlatforms(workspace, 'app', ['amd64'], { secrets });
  });
  afterAll(async () => {
    workspace?.remove();
    await daemon?.stop();
  });

  const write = (lines: readonly string[]) =>
    workspace.write(
      'svc/app/Containerfile',
      [
        'FROM localhost/shell AS tools',
        'RUN mkdir /tools /empty && echo tool > /tools/name',
        'FROM localhost/shell',
        ...lines,
        '',
      ].join('\n'),
    );

  /** Builds after removing all results of earlier builds. */
  async function build(env: NodeJS.ProcessEnv): Promise<Ran> {
    for (const made of ['.prism/runs', '.prism/images', '.prism/containers', 'dist/images/app'])
      rmSync(workspace.path(made), { recursive: true, force: true });
    return workspace.nx(['build-image', 'app', '--skip-nx-cache'], { ...env, THE_WORD: 'abracadabra' });
  }

  const listLeft = async () => [
    ...(await daemon.docker('ps', '--all', '--quiet')).split('\n'),
    ...(await daemon.docker('volume', 'ls', '--quiet')).split('\n'),
    ...(await daemon.docker('images', '--quiet', '--all')).split('\n'),
  ];

  test.each(Object.keys(cases))('%s: the digest is that of podman, and nothing is left', async (name) => {
    write(cases[name]!);
    const byDocker = await build(daemon.env);
    if (byDocker.status !== 0) throw new Error(byDocker.output);
    const digest = digestOf(workspace, 'app');
    expect(byDocker.output).not.toContain('abracadabra');
    expect((await listLeft()).filter(Boolean)).toEqual([]);
    const byPodman = await build({ PRISM_ENGINE: 'podman' });
    if (byPodman.status !== 0) throw new Error(byPodman.output);
    expect(digest).toBe(digestOf(workspace, 'app'));
  });

  test.each([
    [
      'RUN echo first; echo last; exit 3',
      /Containerfile:4: RUN_FAILED: status 3 from RUN .*[\s\S]*first\n.*last/,
    ],
    [
      'RUN echo first >&2; echo last >&2; exit 3',
      /Containerfile:4: RUN_FAILED: status 3 from RUN .*[\s\S]*first\n.*last/,
    ],
    ['RUN ["nothing-like-this"]', /Containerfile:4: RUN_FAILED: status 127 from RUN /],
    ['RUN --mount=type=secret,id=none,required=true true', /Containerfile:4: SECRET_MISSING: /],
  ])('%s fails with line, status and output, and leaves nothing', async (line, message) => {
    write([line]);
    const { status, output } = await build(daemon.env);
    expect(status).toBe(1);
    expect(output).toMatch(message);
    expect((await listLeft()).filter(Boolean)).toEqual([]);
  });

  test('what a killed build left goes away with the next', async () => {
    write(['RUN --mount=type=bind,source=lib,target=/mnt/lib sleep 300']);
    const script = ['-c', 'exec node_modules/.bin/nx build-image app --skip-nx-cache'];
    const options = { cwd: workspace.root, env: daemon.env, detached: true, stdio: 'ignore' } as const;
    const building = spawn('sh', script, options);
    const ended = new Promise((resolve) => building.once('exit', resolve));
    await until('the command runs', 60_000, async () => (await daemon.docker('ps', '--quiet')) !== '');
    process.kill(-building.pid!, 'SIGKILL');
    await ended;
    expect((await listLeft()).filter(Boolean).length).toBeGreaterThanOrEqual(4);
    write(['RUN true']);
    const { status, output } = await build(daemon.env);
    if (status !== 0) throw new Error(output);
    expect((await listLeft()).filter(Boolean)).toEqual([]);
  });

  test('without a daemon the message says so', async () => {
    write(['RUN true']);
    const { status, output } = await build({ ...daemon.env, DOCKER_HOST: 'unix:///nowhere/docker.sock' });
    expect(status).toBe(1);
    expect(output).toMatch(/ENGINE_FAILED: [\s\S]*Cannot connect to the Docker daemon/);
  });
});
