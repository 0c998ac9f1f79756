import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { command, describeWith, skopeo, which } from '../support/needs';
import { hashBlobs, sha256 } from './support/blobs';
import { makeDirectory, removeDirectory } from './support/directory';
import { freePort } from './support/loopback';
import { run } from './support/run';
import { until } from './support/until';
import { components, nx, projectList, readDigest, root } from './support/workspace';

const copy = (from: string, to: string, ...more: string[]) =>
  run(['skopeo', 'copy', '--quiet', '--all', '--preserve-digests', ...more, from, to]);

const layoutOf = (project: string) => join(root, 'dist/layouts', project);

/** The digest of the only image in a layout. */
function digestOfLayout(layout: string): string {
  const index = JSON.parse(readFileSync(join(layout, 'index.json'), 'utf8')) as {
    manifests: { digest: string }[];
  };
  expect(index.manifests).toHaveLength(1);
  return index.manifests[0]!.digest;
}

const blobsOf = (layout: string) => hashBlobs(join(layout, 'blobs'));

describeWith([skopeo], 'materialised layouts', () => {
  let directory: string;
  beforeAll(async () => {
    directory = makeDirectory('layouts');
    await nx(['run-many', '-t', 'materialize', projectList]);
  });
  afterAll(() => removeDirectory(directory));

  test.each(components)('$project: complete, and its one descriptor is the image index', ({ project }) => {
    const layout = layoutOf(project);
    const image = readDigest(project);
    expect(digestOfLayout(layout)).toBe(image.index.digest);
    for (const { name, actual } of blobsOf(layout)) expect(actual).toBe(name);
    const named = image.platforms.flatMap(({ manifest, config, layers }) => [manifest, config, ...layers]);
    const expected = [image.index.digest, ...named.map(({ digest }) => digest)];
    expect(blobsOf(layout).map(({ name }) => name)).toEqual([...new Set(expected)].sort());
  });

  test.each(components)('$project: a copy to another layout keeps the digest', async ({ project }) => {
    const other = join(directory, project);
    await copy(`oci:${layoutOf(project)}`, `oci:${other}`);
    expect(digestOfLayout(other)).toBe(readDigest(project).index.digest);
    expect(blobsOf(other)).toEqual(blobsOf(layoutOf(project)));
  });

  describeWith([command('docker-registry')], 'in a registry', () => {
    let registry: ChildProcess;
    let host: string;

    beforeAll(async () => {
      host = `127.0.0.1:${await freePort()}`;
      const config = join(directory, 'registry.yml');
      const settings = {
        version: '0.1',
        log: { level: 'error' },
        storage: { filesystem: { rootdirectory: join(directory, 'registry') } },
        http: { addr: host },
      };
      // JSON is valid YAML.
      writeFileSync(config, JSON.stringify(settings));
      registry = spawn(which('docker-registry')!, ['serve', config], { stdio: 'ignore' });
      await until('the registry answers', 20_000, async () => (await fetch(`http://${host}/v2/`)).ok);
    });
    afterAll(async () => {
      const ended = new Promise((resolve) => registry.once('exit', resolve));
      registry.kill();
      await ended;
    });

    test.each(components)(
      '$project: pushed and pulled back, it has the same digest and bytes',
      async (one) => {
        const { project } = one;
        const layout = layoutOf(project);
        const { digest } = readDigest(project).index;
        const reference = `docker://${host}/prism/${project}`;
        await copy(`oci:${layout}`, `${reference}:latest`, '--dest-tls-verify=false');
        // The manifest as the registry returns it, byte for byte.
        const accept = 'application/vnd.oci.image.index.v1+json';
        const answer = await fetch(`http://${host}/v2/prism/${project}/manifests/latest`, {
          headers: { accept },
        });
        expect(answer.headers.get('docker-content-digest')).toBe(digest);
        expect(sha256(new Uint8Array(await answer.arrayBuffer()))).toBe(digest);
        const back = join(directory, `${project}-back`);
        await copy(`${reference}@${digest}`, `oci:${back}`, '--src-tls-verify=false');
        expect(digestOfLayout(back)).toBe(digest);
        expect(blobsOf(back)).toEqual(blobsOf(layout));
      },
    );
  });
});
