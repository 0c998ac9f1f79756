import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { engineSettings } from '../support/engineSettings';
import { type ImageFiles, readImageFiles } from '../support/imageFiles';
import { describeWith, podman as needsPodman } from '../support/needs';
import { ownCaches } from './support/clone';
import { linkFetched, sharedCompilers } from './support/compilers';
import { makeDirectory, removeDirectory } from './support/directory';
import { Podman } from './support/podman';
import { run } from './support/run';
import { makeCloneWithSmall, smallGo, smallRust } from './support/small';
import { type DigestJson, host, nx, platforms, readDigest } from './support/workspace';

/** Milliseconds, for a compiler that starts from nothing on a busy machine. */
const patience = 1_500_000;
const small = [smallRust.project, smallGo.project];
const projects = [...small, 'admin'];
const machine = host === 'amd64' ? 'x86_64' : 'aarch64';

describeWith([needsPodman], 'who compiles', () => {
  let clone: string;
  /** Everything that was fetched, and nothing that was compiled from it. */
  let fetched: string;
  const onHost = new Map<string, DigestJson>();
  const inContainers = (cache: string) => ({
    ...ownCaches(clone),
    // Set-up never ran in the clone.
    ...engineSettings,
    PRISM_ENGINE: 'podman',
    PRISM_CACHE_DIR: cache,
  });

  beforeAll(async () => {
    await nx(['build-image', 'admin'], { timeout: patience });
    clone = await makeCloneWithSmall('in-containers');
    fetched = join(dirname(clone), 'fetched');
    await linkFetched(fetched, ['packages', 'gomod', 'python/wheels']);
    // With what is compiled already: clones.spec.ts compares it with what is compiled from nothing.
    const here = { ...ownCaches(clone), PRISM_CACHE_DIR: sharedCompilers };
    await nx(['run-many', '-t', 'build-image', '-p', small.join()], { clone, env: here, timeout: patience });
    for (const project of small) onHost.set(project, readDigest(project, clone));
    onHost.set('admin', readDigest('admin'));
    // Nothing of it may reach the build in containers.
    for (const made of ['dist', '.nx', '.prism']) await removeDirectory(join(clone, made));
    const built = ['run-many', '-t', 'build-image', '-p', projects.join()];
    await nx(built, { clone, env: inContainers(fetched), timeout: patience });
  }, 2 * patience);
  afterAll(() => removeDirectory(dirname(clone)));

  test.each(projects)('%s: compiled in containers it is what the host makes of it', (project) => {
    expect(existsSync(join(clone, '.prism/containers'))).toBe(true);
    expect(readDigest(project, clone)).toEqual(onHost.get(project));
    expect(readDigest(project, clone).platforms).toHaveLength(platforms.length);
  });

  describe('plain podman build, without prism', () => {
    const plain = [smallGo.project, 'admin'];
    let podman: Podman;
    beforeAll(async () => {
      podman = new Podman();
      // Podman 4.3 builds all stages of a file, including those of debug images.
      const bases = ['go-builder', 'python-builder', 'python-runtime', 'static', 'debug'];
      const env = { ...ownCaches(clone), ...podman.env, PRISM_CACHE_DIR: fetched };
      const names = bases.map((name) => `base-${name}`).join();
      await nx(['run-many', '-t', 'load-image', '-p', names], { clone, env, timeout: patience });
      await nx(['run-many', '-t', 'materialize', '-p', plain.join()], { clone, env, timeout: patience });
    }, patience);
    afterAll(() => podman?.close());

    test.each([
      [smallGo.project, smallGo.directory, smallGo.directory, 'gomod:/go/pkg/mod'],
      ['admin', 'admin', 'admin', `python/wheels/cp311-linux-${machine}:/wheels`],
    ])(
      '%s: the same files in the image',
      async (project, directory, context, volume) => {
        const layout = makeDirectory('plain');
        const flags = ['--network', 'none', '--pull=never', '--volume', `${join(fetched, volume)}:ro`];
        const file = ['--file', join(clone, directory, 'Containerfile'), join(clone, context)];
        const name = `localhost/plain/${project}`;
        const options = { env: podman.env, timeout: patience };
        await run(['podman', 'build', ...flags, '--tag', name, ...file], options);
        await run(['podman', 'push', '--quiet', name, `oci:${layout}`], options);
        const ours = await readImageFiles(join(clone, 'dist/layouts', project), host);
        const theirs = await readImageFiles(layout, host);
        expect(linesOf(theirs)).toEqual(linesOf(ours));
        expect(theirs.config.config).toMatchObject(startOf(ours));
        await removeDirectory(layout);
      },
      patience,
    );
  });
});

const linesOf = ({ fields }: ImageFiles) => [...fields].map(([field, value]) => `${field} ${value}`).sort();
const startOf = ({ config: { config } }: ImageFiles) => ({ User: config.User, Env: config.Env });
