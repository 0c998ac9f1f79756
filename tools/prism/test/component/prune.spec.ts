import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { writePlain } from '../../../../test/support/components';
import { engineSettings } from '../../../../test/support/engineSettings';
import { makeWorkspace, type Ran, type Workspace } from '../../../../test/support/workspace';

let workspace: Workspace;
let prefix: string;
const env = engineSettings;
const podman = (...args: string[]) =>
  execFileSync('podman', args, { encoding: 'utf8', env: { ...process.env, ...env } }).trim();
const names = () =>
  podman('images', '--format', '{{.Repository}}:{{.Tag}}', '--filter', `reference=localhost/${prefix}/*`)
    .split('\n')
    // Podman shows every name of an image that matches, those of others too.
    .filter((name) => name.startsWith(`localhost/${prefix}/`));

async function done(running: Promise<Ran>): Promise<string> {
  const { status, output } = await running;
  if (status !== 0) throw new Error(output);
  return output;
}
/** As if everything of ours had been written long ago. */
function age(): void {
  const then = new Date(Date.now() - 3 * 3_600_000);
  for (const place of ['store/blobs/sha256', 'images', 'scratch', 'layers', 'work']) {
    const directory = workspace.path(`.prism/${place}`);
    if (!fs.existsSync(directory)) continue;
    for (const name of fs.readdirSync(directory)) fs.utimesSync(join(directory, name), then, then);
  }
}
const stored = () => fs.readdirSync(workspace.path('.prism/store/blobs/sha256')).length;
const prune = (...more: string[]) => workspace.nx(['g', 'prism:prune', ...more], env);

beforeEach(() => {
  workspace = makeWorkspace();
  prefix = `p${process.pid}`;
  workspace.write(
    'nx.json',
    JSON.stringify({ plugins: [{ plugin: 'prism', options: { prefix } }], analytics: false }),
  );
  writePlain(workspace, 'a');
});
afterEach(() => {
  const left = names();
  if (left.length > 0) podman('rmi', '--force', ...left);
  workspace.remove();
});

test('what was replaced goes, from the disk and from the engine; what is in use stays', async () => {
  await done(workspace.nx(['load-image', 'a'], env));
  const [first] = names().filter((name) => name.includes(':sha-'));
  podman('create', `--name=${prefix}-keeps`, first!, '/hello');
  workspace.write('svc/a/hello', 'second');
  await done(workspace.nx(['load-image', 'a'], env));
  workspace.write('svc/a/hello', 'third');
  await done(workspace.nx(['load-image', 'a'], env));
  podman('tag', `localhost/${prefix}/a:latest`, `localhost/${prefix}/a:mine`);
  expect(names()).toHaveLength(5);
  const before = stored();

  const young = JSON.parse((await done(prune('--keep=0', '--json', '--quiet', '--dry-run'))).split('\n')[0]!);
  expect(young.removes.blobs.count).toBe(0);
  age();
  await done(prune('--keep=0', '--dry-run'));
  expect([stored(), names().length]).toEqual([before, 5]);
  expect(await done(prune('--keep=0'))).toContain('1 from the engine');
  expect(stored()).toBeLessThan(before);
  expect(names()).toEqual(
    expect.arrayContaining([first!, `localhost/${prefix}/a:latest`, `localhost/${prefix}/a:mine`]),
  );
  expect(names()).toHaveLength(4);
  podman('rm', `${prefix}-keeps`);
  expect(await done(prune('--keep=0'))).toContain('removed 0 from the disk, 0.0 MB; 1 from the engine');
  // The image is whole: a layout can be made of it, and it need not be built again.
  await done(workspace.nx(['materialize', 'a']));
  await done(workspace.nx(['build-image', 'a', '--skip-nx-cache']));
  expect(stored()).toBe(fs.readdirSync(workspace.path('dist/images/a/blobs/sha256')).length);
});

test('builds and prunes at once: everything comes out whole, and a killed build leaves nothing that stays', async () => {
  for (const name of ['b', 'c']) writePlain(workspace, name);
  await done(workspace.nx(['run-many', '-t', 'build-image']));
  for (const name of ['a', 'b', 'c']) workspace.write(`svc/${name}/hello`, `${name} again`);
  age();
  fs.mkdirSync(workspace.path('.prism/scratch/999999999-aa'), { recursive: true });
  fs.writeFileSync(workspace.path('.prism/store/blobs/sha256/.tmp-blob-aa'), 'half');
  age();
  const killed = workspace.start(['build-image', 'a', '--skip-nx-cache'], env);
  setTimeout(() => killed.killAll('SIGKILL'), 1200);
  const all = await Promise.all([
    workspace.nx(['run-many', '-t', 'build-image', '-p', 'a,b', '--skip-nx-cache']),
    workspace.nx(['run-many', '-t', 'build-image', '-p', 'b,c', '--skip-nx-cache']),
    prune('--keep=0', '--engine=none'),
    killed.ended,
  ]);
  expect(all.slice(0, 3).map(({ status }) => status)).toEqual([0, 0, 0]);
  expect(fs.existsSync(workspace.path('.prism/scratch/999999999-aa'))).toBe(false);
  expect(fs.existsSync(workspace.path('.prism/store/blobs/sha256/.tmp-blob-aa'))).toBe(false);
  await done(workspace.nx(['run-many', '-t', 'materialize']));
  for (const name of ['a', 'b', 'c'])
    expect(fs.existsSync(workspace.path(`dist/layouts/${name}/index.json`))).toBe(true);
});

test('a project that is gone takes its output with it; a variant that is gone too', async () => {
  writePlain(workspace, 'b');
  workspace.write(
    'svc/a/Containerfile',
    'FROM scratch AS debug\nCOPY hello /\nFROM scratch\nCOPY hello /hello\n',
  );
  await done(workspace.nx(['run-many', '-t', 'build-image', 'build-image-debug']));
  fs.rmSync(workspace.path('svc/b'), { recursive: true });
  workspace.write('svc/a/Containerfile', 'FROM scratch\nCOPY hello /hello\n');
  const then = new Date(Date.now() - 3 * 3_600_000);
  for (const name of ['b', 'a', 'a/debug'])
    fs.utimesSync(workspace.path(`dist/images/${name}/digest.json`), then, then);
  await done(prune('--engine=none'));
  expect(fs.readdirSync(workspace.path('dist/images'))).toEqual(['a']);
  expect(fs.readdirSync(workspace.path('dist/images/a')).sort()).toEqual(['blobs', 'digest.json']);
});
