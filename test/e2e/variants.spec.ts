import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describeWith, podman as needsPodman } from '../support/needs';
import { makeClone, ownCaches } from './support/clone';
import { sharedCompilers } from './support/compilers';
import { removeDirectory } from './support/directory';
import { hardened, Podman } from './support/podman';
import {
  binaryOf,
  components,
  type DigestJson,
  host,
  memstore,
  nx,
  platformOf,
  readDigest,
  root,
} from './support/workspace';

const sha256 = (file: string) => createHash('sha256').update(readFileSync(file)).digest('hex');
const names = components.map(({ project }) => project);

function readVariant(project: string, variant: string): DigestJson {
  return JSON.parse(readFileSync(join(root, 'dist/images', project, variant, 'digest.json'), 'utf8'));
}

describeWith([needsPodman], 'variants of the stack', () => {
  let podman: Podman;
  const before = new Map<string, DigestJson>();
  /** Runs a command in a container of a variant. */
  const inside = (image: string, ...argv: [string, ...string[]]) => {
    const own = ['run', '--rm', '--network', 'none', '--pull', 'never', ...hardened];
    return podman.run(...own, '--entrypoint', argv[0], `localhost/prism/${image}`, ...argv.slice(1));
  };

  beforeAll(async () => {
    podman = new Podman();
    const options = { env: podman.env, timeout: 1_500_000 };
    await nx(['run-many', '-t', 'build-image', '-p', [...names, 'admin'].join()], options);
    for (const project of [...names, 'admin']) before.set(project, readDigest(project));
    await nx(['run-many', '-t', 'load-image-debug', '-p', [...names, 'admin'].join()], options);
    await nx(['load-image-regular', memstore.project], options);
  }, 1_800_000);
  afterAll(() => podman?.close());

  test.each([...names, 'admin'])('%s: building others leaves the default image as it was', (project) => {
    expect(readDigest(project)).toEqual(before.get(project));
    const debug = readVariant(project, 'debug');
    expect(debug.index.digest).not.toBe(readDigest(project).index.digest);
    expect(debug.platforms).toHaveLength(2);
  });

  test.each(components)('$project: debug has a shell, and the very binary', async (component) => {
    const { project, binary } = component;
    const script = `sha256sum < /${binary}; id -u; ls /bin/wget`;
    const [sum, ...rest] = (await inside(`${project}:latest-debug`, 'sh', '-c', script)).split('\n');
    expect(sum).toContain(sha256(binaryOf(component, host)));
    expect(rest).toEqual(['65532', '/bin/wget']);
    expect(await inside(`${project}:latest-debug`, `/${binary}`, '--version')).toContain(binary);
  });

  test('the debug image of the admin is its image, and a shell', async () => {
    const [own, debug] = [readDigest('admin'), readVariant('admin', 'debug')].map((image) =>
      image.platforms.map(({ layers }) => layers.map(({ digest }) => digest)),
    );
    for (const [at, layers] of own!.entries()) expect(debug![at]!.slice(0, -1)).toEqual(layers);
    const script = 'id -u; python3 -c "import uvicorn, prism_admin.app"; ls /bin/wget';
    expect(await inside('admin:latest-debug', 'sh', '-c', script)).toBe('65532\n/bin/wget');
    const { user, entrypoint } = platformOf('admin', host);
    const variant = readVariant('admin', 'debug').platforms[0]!;
    expect([variant.user, variant.entrypoint]).toEqual([user, entrypoint]);
  });

  test('regular is a whole Debian with the very binary', async () => {
    const { project, binary } = memstore;
    const script = `sha256sum < /${binary}; id -u; dpkg-query -W -f '\${Status}\\n' apt`;
    const [sum, ...rest] = (await inside(`${project}:latest-regular`, 'bash', '-c', script)).split('\n');
    expect(sum).toContain(sha256(binaryOf(memstore, host)));
    expect(rest).toEqual(['65532', 'install ok installed']);
  });

  test('the default image is the one that a file without variants makes', async () => {
    const clone = await makeClone('no-variants');
    try {
      const file = join(clone, memstore.directory, 'Containerfile');
      const stages = readFileSync(file, 'utf8').split(/^(?=FROM )/m);
      const kept = stages.filter((stage) => !/ AS (debug|regular)$/m.test(stage));
      expect([stages.length, kept.length]).toEqual([4, 2]);
      writeFileSync(file, kept.join(''));
      const env = { ...ownCaches(clone), PRISM_CACHE_DIR: sharedCompilers };
      await nx(['build-image', memstore.project], { clone, env });
      expect(readDigest(memstore.project, clone)).toEqual(readDigest(memstore.project));
    } finally {
      await removeDirectory(dirname(clone));
    }
  });
});
