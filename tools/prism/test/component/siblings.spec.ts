import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { validateLayout } from '@prism-build/oci';
import { digestOf, storedBlobs, writePlain } from '../../../../test/support/components';
import { podman, testWith } from '../../../../test/support/needs';
import { makeWorkspace, type Ran, type Workspace } from '../../../../test/support/workspace';

let workspace: Workspace;

interface Image {
  readonly user: string;
  readonly workingDir: string;
  readonly platforms: never;
  readonly layers: readonly { readonly digest: string; readonly origin: unknown }[];
  readonly manifest: { readonly digest: string };
  readonly config: { readonly digest: string };
  readonly entrypoint: readonly string[];
  readonly cmd: readonly string[];
}
const platformsOf = (name: string): Image[] =>
  JSON.parse(workspace.read(`dist/images/${name}/digest.json`)).platforms;
const blobs = (name: string) => fs.readdirSync(workspace.path(`dist/images/${name}/blobs/sha256`));
const build = (...more: string[]) => workspace.nx(['run-many', '-t', 'build-image', ...more]);

/** What nx printed, once it went well. */
async function done(running: Promise<Ran>): Promise<string> {
  const { status, output } = await running;
  if (status !== 0) throw new Error(output);
  return output;
}
const hex = (digest: string) => digest.replace('sha256:', '');

function writeBase(): void {
  workspace.write(
    'svc/base/Containerfile',
    'FROM scratch\n# a remark\nCOPY passwd /etc/passwd\nCOPY tree /\nENV HOME_OF=/home/web A=1\nUSER web\nCMD ["/base"]\n',
  );
  workspace.write('svc/base/passwd', 'root:x:0:0::/:\nweb:x:7:8::/home/web:\n');
  workspace.write('svc/base/tree/opt/real/here', 'here');
  fs.symlinkSync('/opt/real', workspace.path('svc/base/tree/link'));
}

beforeEach(() => {
  workspace = makeWorkspace();
  writeBase();
  workspace.write(
    'svc/middle/Containerfile',
    'FROM localhost/base\nCOPY --chown=web middle /link/\nWORKDIR $HOME_OF\nENV A=2\n',
  );
  workspace.write('svc/middle/middle', 'middle');
  workspace.write(
    'svc/top/Containerfile',
    'FROM localhost/middle:latest\nCOPY --from=localhost/base /opt/real/here /copied\nENTRYPOINT ["/top"]\n',
  );
});
afterEach(() => workspace.remove());

test('a chain of components: layers are reused where they are, settings are inherited, the layout is whole', async () => {
  await done(build());
  for (const [at, top] of platformsOf('top').entries()) {
    const [base, middle] = [platformsOf('base')[at]!, platformsOf('middle')[at]!];
    const own = middle.layers.filter(({ origin }) => origin === 'own');
    expect(middle.layers.slice(0, 2)).toEqual(
      base.layers.map((layer) => ({ ...layer, origin: { base: base.manifest.digest } })),
    );
    expect(top.layers.slice(2, 4)).toEqual(
      own.map((layer) => ({ ...layer, origin: { base: middle.manifest.digest } })),
    );
    expect(top.layers.slice(0, 2)).toEqual(middle.layers.slice(0, 2));
    expect(top).toMatchObject({ user: 'web', workingDir: '/home/web', entrypoint: ['/top'], cmd: [] });
    expect(middle.cmd).toEqual(['/base']);
    for (const { digest, origin } of top.layers)
      expect(blobs('top').includes(hex(digest))).toBe(origin === 'own');
    const config = JSON.parse(workspace.read(`dist/images/top/blobs/sha256/${hex(top.config.digest)}`)) as {
      config: { Env: string[] };
      history: { created_by: string }[];
    };
    expect(config.config.Env.slice(-1)).toEqual(['A=2']);
    expect(config.history.map(({ created_by }) => created_by)).toContain('COPY tree /');
  }
  const made = await workspace.nx(['materialize', 'top']);
  expect(made).toMatchObject({ status: 0 });
  expect(await validateLayout(workspace.path('dist/layouts/top'), { diffIDs: true })).toMatchObject({
    ok: true,
  });
});

test('what leaves the base as it was ends the work; what changes it changes its users, and back again', async () => {
  await done(build());
  const first = ['base', 'middle', 'top'].map((name) => digestOf(workspace, name));
  const base = workspace.read('svc/base/Containerfile');
  workspace.write('svc/base/Containerfile', base.replace('a remark', 'another'));
  const stored = storedBlobs(workspace);
  await done(build());
  // In a chain of one batch Nx starts the users too: they find that nothing changed, and assemble nothing.
  expect(['middle', 'top'].map((name) => digestOf(workspace, name))).toEqual(first.slice(1));
  expect(storedBlobs(workspace)).toEqual(stored);
  workspace.write('svc/base/tree/opt/real/here', 'changed');
  await done(build());
  const second = ['base', 'middle', 'top'].map((name) => digestOf(workspace, name));
  for (const [at, digest] of second.entries()) expect(digest).not.toBe(first[at]);
  workspace.write('svc/base/tree/opt/real/here', 'here');
  workspace.write('svc/base/Containerfile', base);
  const back = await done(build());
  expect(['base', 'middle', 'top'].map((name) => digestOf(workspace, name))).toEqual(first);
  expect(back.match(/\[(local cache|existing outputs[^\]]*)\]/g)).toHaveLength(3);
});

test('bases that are missing or altered are built again, in process', async () => {
  await done(build());
  const top = digestOf(workspace, 'top');
  const layers = platformsOf('base').flatMap((one) => one.layers.map(({ digest }) => hex(digest)));
  for (const place of ['dist/images/base', '.prism/store']) {
    for (const layer of layers) {
      const path = workspace.path(join(place, 'blobs/sha256', layer));
      fs.rmSync(path, { force: true });
      fs.writeFileSync(path, 'altered');
    }
  }
  await done(workspace.nx(['materialize', 'top']));
  expect(await validateLayout(workspace.path('dist/layouts/top'))).toMatchObject({ ok: true });
  // Two at once find a base altered.
  for (const layer of layers) {
    fs.rmSync(workspace.path(`.prism/store/blobs/sha256/${layer}`), { force: true });
    const path = workspace.path(`dist/images/base/blobs/sha256/${layer}`);
    fs.rmSync(path);
    fs.writeFileSync(path, 'altered');
  }
  fs.rmSync(workspace.path('.prism/layers'), { recursive: true });
  workspace.write('svc/middle/middle', 'other');
  workspace.write('svc/second/Containerfile', 'FROM localhost/base\nCOPY second /link/\n');
  workspace.write('svc/second/second', 'second');
  await done(build());
  workspace.write('svc/middle/middle', 'middle');
  await done(build());
  expect(digestOf(workspace, 'top')).toBe(top);
  // The child alone changes, and the base's files are gone behind Nx's back.
  fs.rmSync(workspace.path('dist/images/base/digest.json'));
  fs.rmSync(workspace.path('.prism'), { recursive: true });
  workspace.write('svc/middle/middle', 'changed');
  await done(build('--exclude=base'));
  expect(digestOf(workspace, 'top')).not.toBe(top);
  workspace.write('svc/middle/middle', 'middle');
  await done(build());
  expect(digestOf(workspace, 'top')).toBe(top);
});

testWith([podman], 'loaded, Podman has the files of all bases', async () => {
  const at = (name: string) => workspace.path(`.nx/podman/${name}`);
  workspace.write('.nx/podman/cni/x', '');
  workspace.write(
    '.nx/podman/storage.conf',
    `[storage]\ndriver="vfs"\ngraphroot="${at('root')}"\nrunroot="${at('run')}"\n`,
  );
  workspace.write(
    '.nx/podman/containers.conf',
    `[engine]\nruntime="runc"\ncgroup_manager="cgroupfs"\nevents_logger="file"\n[network]\nnetwork_config_dir="${at('cni')}"\n`,
  );
  const env = {
    CONTAINERS_CONF: at('containers.conf'),
    CONTAINERS_STORAGE_CONF: at('storage.conf'),
    PRISM_ENGINE: 'podman',
  };
  const ask = (...args: string[]) =>
    execFileSync('podman', args, { env: { ...process.env, ...env }, encoding: 'utf8' }).trim();
  await done(build());
  // Nothing but digest.json of the image itself is at hand: the bases' layers come from where they were made.
  fs.rmSync(workspace.path('.prism/store'), { recursive: true });
  await done(workspace.nx(['load-image', 'top'], env));
  const name = 'localhost/top:latest';
  const host = process.arch === 'x64' ? 0 : 1;
  const { config, layers } = platformsOf('top')[host]!;
  expect(ask('image', 'inspect', '--format', '{{.Id}}', name)).toBe(hex(config.digest));
  const archive = at('top.tar');
  ask('create', '--name', 'top', name);
  ask('export', '-o', archive, 'top');
  const list = execFileSync('tar', ['-tvf', archive, '--numeric-owner'], { encoding: 'utf8' });
  expect(list).toMatch(/^-rw-r--r-- 7\/8 +6 .* opt\/real\/middle$/m);
  expect(list).toMatch(/^drwxr-xr-x 7\/8 .* home\/web\/$/m);
  expect(list).toMatch(/ link -> \/opt\/real$/m);
  const content = (path: string) => execFileSync('tar', ['-xOf', archive, path], { encoding: 'utf8' });
  expect([content('copied'), content('opt/real/here')]).toEqual(['here', 'here']);
  expect(layers.length).toBe(5);
  ask('rm', '--all');
});

test('components made of each other, an unknown name and a missing platform fail with file and line', async () => {
  workspace.write('svc/a/Containerfile', '# one\nFROM localhost/b\nCOPY x /\n');
  workspace.write('svc/b/Containerfile', 'FROM scratch\nCOPY --from=localhost/a /x /\n');
  workspace.write('svc/unknown/Containerfile', 'FROM scratch\n\nCOPY --from=localhost/nobody /x /\n');
  workspace.write(
    'svc/narrow/project.json',
    JSON.stringify({ targets: { 'build-image': { options: { platforms: ['linux/amd64'] } } } }),
  );
  workspace.write('svc/narrow/Containerfile', 'FROM scratch\nENV A=1\n');
  workspace.write('svc/wide/Containerfile', 'FROM localhost/narrow\nENV B=1\n');
  writePlain(workspace, 'fine');
  const ran = await build();
  expect(ran.status).toBe(1);
  expect(ran.output).toMatch(/svc\/a\/Containerfile:2: BASE_CYCLIC: localhost\/b .*image of a/);
  expect(ran.output).toMatch(/svc\/b\/Containerfile:2: BASE_CYCLIC: localhost\/a .*image of b/);
  expect(ran.output).toMatch(/svc\/unknown\/Containerfile:3: BASE_UNKNOWN: localhost\/nobody/);
  expect(ran.output).toMatch(
    /svc\/wide\/Containerfile:1: BASE_PLATFORM_MISSING: localhost\/narrow .*linux\/arm64, only for linux\/amd64/,
  );
  for (const name of ['fine', 'top', 'narrow']) expect(digestOf(workspace, name)).toMatch(/^sha256:/);
});
