import * as fs from 'node:fs';
import { validateLayout } from '@prism-build/oci';
import { digestOf, writePlain } from '../../../../test/support/components';
import { type ForeignImage, type Pushed, pushImage } from '../../../../test/support/foreignImage';
import { describeWith, dockerRegistry } from '../../../../test/support/needs';
import { makeRegistry, type Registry } from '../../../../test/support/registry';
import { makeWorkspace, type Ran, type Workspace } from '../../../../test/support/workspace';

const both = ['linux/amd64', 'linux/arm64/v8'];
const image = (version: string): ForeignImage => ({
  platforms: both,
  layers: [
    { 'etc/': '', 'etc/passwd': 'root:x:0:0::/:\nweb:x:7:8::/:\n', 'opt/': '', 'opt/version': version },
    { 'opt/arch': '$arch', link: '->opt' },
  ],
  config: { Env: ['FROM_BASE=yes'], User: 'web', Cmd: ['/base'], Labels: { version } },
});

describeWith([dockerRegistry], 'bases of a registry', () => {
  let workspace: Workspace;
  let registry: Registry;
  let first: Pushed;
  let env: NodeJS.ProcessEnv;
  const nx = (...args: string[]): Promise<Ran> => workspace.nx(args, env);
  const build = () => nx('run-many', '-t', 'build-image');
  const lock = (...more: string[]) => nx('g', 'prism:lock', '--no-interactive', ...more);
  const forget = (...names: string[]) => {
    for (const name of names) fs.rmSync(workspace.path(name), { recursive: true, force: true });
  };
  const digests = () => ['bare', 'copy', 'fine'].map((name) => digestOf(workspace, name));

  /** What nx printed, once it went well. */
  async function done(running: Promise<Ran>): Promise<string> {
    const { status, output } = await running;
    if (status !== 0) throw new Error(output);
    return output;
  }

  async function refused(running: Promise<Ran>): Promise<string> {
    const { status, output } = await running;
    if (status === 0) throw new Error(output);
    expect(output).not.toContain('correct horse');
    return output;
  }

  beforeEach(async () => {
    workspace = makeWorkspace();
    registry = await makeRegistry(workspace.path('.nx/registry'));
    env = { REGISTRY_AUTH_FILE: registry.authFile() };
    first = await pushImage(registry, 'team/base:1', image('one'));
    const name = `${registry.host}/team/base:1`;
    workspace.write('svc/bare/Containerfile', `FROM ${name}\nENV OWN=1\n`);
    workspace.write(
      'svc/copy/Containerfile',
      `FROM ${name} AS base\nCOPY --chown=web own /link/own\nFROM scratch\nCOPY --from=base /opt /opt\n` +
        `COPY --from=${name} /etc/passwd /etc/passwd\n`,
    );
    workspace.write('svc/copy/own', 'own');
    workspace.write('svc/user/Containerfile', 'FROM localhost/bare\nCOPY own /link/own\n');
    workspace.write('svc/user/own', 'own');
    writePlain(workspace, 'fine');
  });
  afterEach(async () => {
    await registry.stop();
    workspace.remove();
  });

  test('not locked is a failure with the line and the command; locked, it is built and whole', async () => {
    const before = await refused(build());
    expect(before).toMatch(/svc\/bare\/Containerfile:1: IMAGE_NOT_LOCKED: .*team\/base:1/);
    expect(before).toMatch(/svc\/copy\/Containerfile:1: IMAGE_NOT_LOCKED/);
    expect(before).toContain('`npx nx g prism:lock` once for all projects (this one alone: --project=bare)');
    const locked = await done(lock());
    expect(locked).toContain(`+ ${registry.host}/team/base:1  ${first.digest}  (linux/amd64, linux/arm64)`);
    await done(build());
    const [amd64] = JSON.parse(workspace.read('dist/images/bare/digest.json')).platforms;
    expect(amd64).toMatchObject({ user: 'web', cmd: ['/base'], labels: { version: 'one' } });
    expect(amd64.layers.map((layer: { digest: string }) => layer.digest)).toEqual(first.layers.slice(0, 2));
    const own = fs.readdirSync(workspace.path('dist/images/bare/blobs/sha256'));
    for (const layer of first.layers) expect(own).not.toContain(layer.slice(7));
    const config = workspace.read(`dist/images/bare/blobs/sha256/${amd64.config.digest.slice(7)}`);
    expect(JSON.parse(config).config.Env).toEqual([
      'FROM_BASE=yes',
      'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
      'OWN=1',
    ]);
    await done(nx('run-many', '-t', 'materialize'));
    for (const name of ['bare', 'copy'])
      expect(await validateLayout(workspace.path(`dist/layouts/${name}`), { diffIDs: true })).toMatchObject({
        ok: true,
      });
    expect(await done(lock())).toMatch(/bare: nothing changed\n.*copy: nothing changed/s);
  });

  test('a registry that is down: a digest needs none, the store needs none, and what lacks bytes says so', async () => {
    await done(lock());
    await done(build());
    const before = digests();
    await registry.stop();
    forget('dist', '.nx/cache');
    await done(build());
    await done(nx('run-many', '-t', 'materialize'));
    expect(digests()).toEqual(before);
    // Nothing of it is on this machine any more.
    forget('dist', '.prism', '.nx/cache');
    const cold = await refused(build());
    expect(cold).toMatch(/REGISTRY_UNREACHABLE: .*team\/base@sha256:/);
    expect([digestOf(workspace, 'bare'), digestOf(workspace, 'fine')]).toEqual([before[0], before[2]]);
    expect(await refused(nx('materialize', 'bare'))).toMatch(/REGISTRY_UNREACHABLE/);
    await registry.start();
    await done(nx('run-many', '-t', 'materialize'));
    expect(digests()).toEqual(before);
    // A base of a base, which is in the lock of the component between them.
    expect(await validateLayout(workspace.path('dist/layouts/user'), { diffIDs: true })).toMatchObject({
      ok: true,
    });
  });

  test('a tag that moved changes nothing until it is locked again, and then its users alone', async () => {
    await done(lock());
    await done(build());
    const before = digests();
    const second = await pushImage(registry, 'team/base:1', { ...image('two'), docker: true });
    forget('dist', '.prism', '.nx/cache');
    await done(build());
    expect(digests()).toEqual(before);
    expect(await done(lock('--dry-run'))).toContain('NOTE: The "dryRun" flag');
    await done(build());
    expect(digests()).toEqual(before);
    const locked = await done(lock());
    expect(locked).toContain(`~ ${registry.host}/team/base:1  ${first.digest} → ${second.digest}`);
    const ran = await done(build());
    expect(ran).toMatch(/fine:build-image\s+\[(local cache|existing outputs)/);
    const after = digests();
    expect(after[0]).not.toBe(before[0]);
    expect(after[1]).not.toBe(before[1]);
    expect(after[2]).toBe(before[2]);
    await done(nx('materialize', 'bare'));
    expect(await validateLayout(workspace.path('dist/layouts/bare'), { diffIDs: true })).toMatchObject({
      ok: true,
    });
  });

  test('what the registry no longer has, gives altered or gives to others only is a failure of its own', async () => {
    await done(lock());
    await done(build());
    forget('.prism');
    env = { REGISTRY_AUTH_FILE: registry.authFile('wrong') };
    const denied = await refused(nx('materialize', 'bare'));
    expect(denied).toMatch(/REGISTRY_DENIED/);
    expect(denied).toContain(`skopeo login ${registry.host}`);
    env = { REGISTRY_AUTH_FILE: workspace.path('.nx/none.json'), HOME: workspace.path('.nx') };
    expect(await refused(lock())).toMatch(/svc\/bare\/Containerfile:1: REGISTRY_DENIED/);
    env = { REGISTRY_AUTH_FILE: registry.authFile() };
    const hex = first.layers[0]!.slice(7);
    const data = `${registry.storage}/docker/registry/v2/blobs/sha256/${hex.slice(0, 2)}/${hex}/data`;
    const bytes = fs.readFileSync(data);
    fs.writeFileSync(data, Buffer.from(bytes).fill(0, 20, 40));
    expect(await refused(nx('materialize', 'bare'))).toMatch(/IMAGE_ALTERED/);
    fs.writeFileSync(data, bytes);
    await done(nx('materialize', 'bare'));
    forget('.prism', 'dist/layouts');
    fs.rmSync(`${registry.storage}/docker/registry/v2/repositories/team/base/_manifests`, {
      recursive: true,
    });
    await registry.stop();
    await registry.start();
    expect(await refused(nx('materialize', 'bare'))).toMatch(/IMAGE_GONE/);
    expect(await refused(lock())).toMatch(/svc\/bare\/Containerfile:1: IMAGE_GONE/);
  });

  test('an image without a platform is not locked, and a lock is not half written', async () => {
    await pushImage(registry, 'team/narrow:1', { ...image('n'), platforms: ['linux/amd64'] });
    workspace.write('svc/narrow/Containerfile', `# one\nFROM ${registry.host}/team/narrow:1\nENV A=1\n`);
    const output = await refused(lock('--project=narrow,bare'));
    expect(output).toMatch(
      /svc\/narrow\/Containerfile:2: BASE_PLATFORM_MISSING: .*narrow:1 is not available for linux\/arm64, only for linux\/amd64/,
    );
    expect(fs.existsSync(workspace.path('svc/narrow/images.lock.json'))).toBe(false);
    expect(workspace.read('svc/bare/images.lock.json')).toContain(first.digest);
    workspace.write(
      'svc/narrow/project.json',
      JSON.stringify({ targets: { 'build-image': { options: { platforms: ['linux/amd64'] } } } }),
    );
    await done(lock('--project=narrow'));
    await done(nx('build-image', 'narrow'));
    // A platform that nobody locked, asked for by an option.
    const other = await refused(nx('build-image', 'narrow', '--platforms=linux/arm64'));
    expect(other).toMatch(/svc\/narrow\/Containerfile:2: BASE_PLATFORM_MISSING/);
    workspace.write('svc/narrow/images.lock.json', '{"version":1,"images":{"x":1}}');
    expect(await refused(nx('build-image', 'narrow'))).toMatch(/images\.lock\.json: IMAGE_LOCK_INVALID/);
  });

  test('two runs at once fetch a layer once', async () => {
    await done(lock());
    await done(nx('build-image', 'bare'));
    await done(nx('build-image', 'copy'));
    forget('.prism');
    const before = registry.requests().length;
    const both = ['bare', 'copy'].map((name) => nx('build-image', name, '--skip-nx-cache'));
    await Promise.all([...both, nx('materialize', 'bare')].map(done));
    const fetched = registry.requests().slice(before);
    for (const layer of new Set(first.layers)) {
      expect(fetched.filter((one) => one === `GET /v2/team/base/blobs/${layer}`)).toHaveLength(1);
    }
  });
});
