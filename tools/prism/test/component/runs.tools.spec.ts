import * as fs from 'node:fs';
import { writePlatforms, writeShellBase } from '../../../../test/support/busybox';
import { digestOf } from '../../../../test/support/components';
import { hashOf, type ImageFiles, readImageFiles } from '../../../../test/support/imageFiles';
import { makeWorkspace, type Ran, type Workspace } from '../../../../test/support/workspace';

let workspace: Workspace;

async function done(running: Promise<Ran>): Promise<string> {
  const { status, output } = await running;
  if (status !== 0) throw new Error(output);
  return output;
}
const build = (name: string, ...more: string[]) => workspace.nx(['build-image', name, ...more]);

function write(
  name: string,
  lines: readonly string[],
  options: Readonly<Record<string, unknown>> = {},
): void {
  workspace.write(`svc/${name}/Containerfile`, `${lines.join('\n')}\n`);
  writePlatforms(workspace, name, ['amd64'], options);
}

async function imageOf(name: string): Promise<ImageFiles> {
  await done(workspace.nx(['materialize', name]));
  return readImageFiles(workspace.path(`dist/layouts/${name}`));
}

/** A PATH with node and nothing else. */
function withoutPodman(): string {
  fs.mkdirSync(workspace.path('tmp/bin'), { recursive: true });
  const node = workspace.path('tmp/bin/node');
  if (!fs.existsSync(node)) fs.symlinkSync(process.execPath, node);
  return workspace.path('tmp/bin');
}

beforeAll(() => {
  workspace = makeWorkspace();
  writeShellBase(workspace);
});
afterAll(() => {
  workspace.remove();
});

test('a command that takes long is said meanwhile', async () => {
  write('slow', ['FROM localhost/shell', 'RUN sleep 6 && echo made > /file']);
  expect(await done(build('slow'))).toMatch(
    /^slow: RUN sleep 6 && echo made > \/file for linux\/amd64 \(5 s\)$/m,
  );
});

test('RUN in the final stage: what it changes is a layer, and nothing of the engine is in it', async () => {
  write('final', [
    'FROM localhost/shell',
    'ARG NAME=world',
    'RUN mkdir -p /srv/app && chmod 777 /srv/app',
    'ENV GREETING=hello',
    'WORKDIR /srv/app',
    'COPY --chown=web note .',
    'RUN echo "$GREETING $NAME from $PWD" > made && rm /etc/group && mkdir empty && ln -s made link',
    'USER web',
    'RUN ["sh", "-c", "echo $(id -u) $(id -g) $HOME > user"]',
    'USER root',
    'COPY note /last',
    'CMD ["cat", "/srv/app/made"]',
  ]);
  workspace.write('svc/final/note', 'a note');
  await done(build('final'));
  const { layers, config, fields } = await imageOf('final');
  const expected = {
    '/srv/app/made content': hashOf('hello world from /srv/app\n'),
    '/srv/app mode': '0777',
    '/srv/app/made mode': '0644',
    '/srv/app/empty type': 'directory',
    '/srv/app/link link': 'made',
    '/srv/app/note owner': '7:8',
    '/srv/app/user content': hashOf('7 8 /home/web\n'),
    '/srv/app/user owner': '7:8',
    '/last content': hashOf('a note'),
  };
  expect(Object.fromEntries(fields)).toMatchObject(expected);
  for (const path of [
    'etc/group',
    'etc/hosts',
    'etc/resolv.conf',
    'etc/hostname',
    'proc',
    'dev',
    'sys',
    'run',
  ])
    expect(fields.get(`/${path} type`)).toBeUndefined();
  expect(layers.flat().filter(({ mtime }) => mtime !== 0)).toEqual([]);
  expect(layers.slice(-3).map((entries) => entries.map(({ path }) => path))).toEqual([
    ['etc', 'etc/.wh.group', 'srv', 'srv/app', 'srv/app/empty', 'srv/app/link', 'srv/app/made'],
    ['srv', 'srv/app', 'srv/app/user'],
    ['last'],
  ]);
  expect(config.config).toMatchObject({ Cmd: ['cat', '/srv/app/made'], User: 'root' });
  expect(config.config.Env).toContain('GREETING=hello');
  expect(config.history.map(({ created_by }) => created_by)).toContain('USER web');
});

test('a stage with RUN that is copied from: only what is copied is in the image, and the base of the stage is not', async () => {
  write('copied', [
    'FROM localhost/shell AS made',
    'RUN mkdir -p /out/deep && echo one > /out/deep/one && ln -s /out/deep /short && echo rest > /rest',
    'FROM made AS more',
    'RUN echo two > /out/deep/two',
    'FROM scratch',
    'COPY --from=more /short/ /files/',
    'COPY --from=made --chown=3:4 /out/*/one /chosen',
  ]);
  await done(build('copied'));
  const { layers, fields } = await imageOf('copied');
  const paths = [...fields.keys()].filter((field) => field.endsWith(' type'));
  expect(paths.map((field) => field.split(' ')[0]).sort()).toEqual([
    '/chosen',
    '/files',
    '/files/one',
    '/files/two',
  ]);
  expect(fields.get('/chosen owner')).toBe('3:4');
  expect(layers).toHaveLength(2);
});

test('a stage called compile with commands that no compiler takes is run like any other, and the build says so', async () => {
  workspace.write('svc/made/source', 'a source');
  write('made', [
    'FROM localhost/shell AS compile',
    'COPY source /src/',
    'RUN mkdir /out',
    'RUN ["cp", "/src/source", "/out/copy"]',
    'FROM scratch',
    'COPY --from=compile /out/copy /copy',
  ]);
  const output = await done(build('made'));
  expect(output).toContain('the stage compile is not recognised, so an engine executes it:');
  expect(output).toContain('svc/made/Containerfile:4: the compile stage has more than one RUN');
  const { fields } = await imageOf('made');
  expect(fields.get('/copy content')).toBe(hashOf('a source'));
  workspace.write('svc/made/source', 'another');
  await done(build('made'));
  expect((await imageOf('made')).fields.get('/copy content')).toBe(hashOf('another'));
  expect(fs.existsSync(workspace.path('dist/compile/made'))).toBe(false);
});

test('heredocs, SHELL, mounts and secrets, on a Podman that knows no heredocs', async () => {
  workspace.write('svc/mounts/lib/data', 'from the context');
  workspace.write('svc/mounts/.containerignore', 'lib/hidden\n');
  workspace.write('svc/mounts/lib/hidden', 'ignored');
  workspace.write('svc/mounts/token', 'the secret');
  write(
    'mounts',
    [
      'FROM localhost/shell AS tools',
      'RUN mkdir /tools && echo tool > /tools/name',
      'FROM localhost/shell',
      'SHELL ["/bin/sh", "-euc"]',
      'RUN <<EOF',
      'echo "$0 $-" > /shell',
      "cat > /inner <<'INNER'",
      'literal $HOME',
      'INNER',
      'EOF',
      'RUN <<EOF',
      '#!/bin/cat',
      'the file itself',
      'EOF',
      "RUN --network=none cat << 'FILE' > /text",
      'a "quoted" $text \\',
      'FILE',
      'RUN --mount=type=bind,source=lib,target=/mnt/lib --mount=type=bind,from=tools,source=/tools,target=/mnt/tools,rw \\',
      '    cat /mnt/lib/data /mnt/tools/name > /bound; ! test -e /mnt/lib/hidden; touch /mnt/tools/gone',
      'RUN --mount=type=cache,target=/var/cache/x --mount=type=tmpfs,target=/scratch,size=1m \\',
      '    echo run >> /var/cache/x/log; cp /var/cache/x/log /cached; touch /scratch/file; grep -o "/scratch.*size=[0-9a-z]*" /proc/mounts > /limit',
      'RUN --mount=type=secret,id=absent cat /proc/sys/kernel/hostname /etc/hostname > /host; test ! -e /run/secrets/absent',
      'RUN --mount=type=secret,id=token --mount=type=secret,id=word,target=/word,mode=0444 \\',
      '    wc -c < /run/secrets/token > /size; wc -c < /word >> /size',
    ],
    { secrets: { token: { file: 'svc/mounts/token' }, word: { env: 'THE_WORD' } } },
  );
  const ran = await done(workspace.nx(['build-image', 'mounts'], { THE_WORD: 'abracadabra' }));
  expect(ran).not.toContain('abracadabra');
  const { fields, config } = await imageOf('mounts');
  expect(Object.fromEntries(fields)).toMatchObject({
    '/inner content': hashOf('literal $HOME\n'),
    '/text content': hashOf('a "quoted" $text \\\n'),
    '/bound content': hashOf('from the contexttool\n'),
    '/cached content': hashOf('run\n'),
    '/size content': hashOf('10\n11\n'),
    '/host content': hashOf('buildkitsandbox\nbuildkitsandbox\n'),
    '/limit content': expect.any(String),
  });
  for (const path of ['mnt', 'run', 'scratch', 'var', 'word'])
    expect(fields.get(`/${path} type`)).toBeUndefined();
  expect(JSON.stringify(config)).not.toMatch(/abracadabra|the secret/);
  // Neither the secret nor the cache decides anything: another value runs nothing again.
  workspace.write('svc/mounts/token', 'another secret');
  const digest = digestOf(workspace, 'mounts');
  await done(workspace.nx(['build-image', 'mounts', '--skip-nx-cache'], { THE_WORD: 'x' }));
  expect(digestOf(workspace, 'mounts')).toBe(digest);
  // What is mounted from the context does.
  workspace.write('svc/mounts/lib/data', 'changed');
  await done(workspace.nx(['build-image', 'mounts'], { THE_WORD: 'x' }));
  const again = await imageOf('mounts');
  expect(again.fields.get('/bound content')).toBe(hashOf('changedtool\n'));
  expect(again.fields.get('/cached content')).toBe(hashOf('run\nrun\n'));
  expect(fs.readdirSync(workspace.path('.prism/containers/0-linux-amd64/tmp/buildah-cache'))).toEqual([
    'mounts--var-cache-x',
  ]);
});

test('only what comes after a change is run again', async () => {
  write('steps', [
    'FROM localhost/shell',
    'RUN id > /dev/null; cat /proc/sys/kernel/random/uuid > /first',
    'COPY file /file',
    'RUN cat /proc/sys/kernel/random/uuid > /second',
    'COPY file /last',
  ]);
  const contents = async () => {
    const { fields } = await imageOf('steps');
    return ['first', 'second', 'last'].map((name) => fields.get(`/${name} content`));
  };
  workspace.write('svc/steps/file', 'one');
  await done(build('steps'));
  const before = await contents();
  workspace.write('svc/steps/file', 'two');
  await done(build('steps'));
  const after = await contents();
  expect(after[0]).toBe(before[0]);
  expect(after[1]).not.toBe(before[1]);
  expect(after[2]).toBe(hashOf('two'));
  // Back again, with nothing of Nx's: the very image of before, and no command is run.
  workspace.write('svc/steps/file', 'one');
  fs.rmSync(workspace.path('.prism/images'), { recursive: true });
  await done(workspace.nx(['build-image', 'steps', '--skip-nx-cache'], { PATH: withoutPodman() }));
  expect(await contents()).toEqual(before);
});
