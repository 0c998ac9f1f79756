import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { writeGo } from '../support/components';
import { writeFakeBuilder } from '../support/fakeBuilder';
import { describeWith, podman as needsPodman, root as needsRoot, skopeo } from '../support/needs';
import { makeWorkspace } from '../support/workspace';
import { sha256 } from './support/blobs';
import { makeDirectory, removeDirectory } from './support/directory';
import { type DockerDaemon, dockerd, startDocker } from './support/dockerDaemon';
import { Podman } from './support/podman';
import { run, tryRun } from './support/run';
import {
  components,
  host,
  memstore,
  nx,
  nxEnvironment,
  platformOf,
  projectList,
  readDigest,
} from './support/workspace';

const imageOf = (project: string) => `localhost/prism/${project}:latest`;
const loadOf = (project: string) => ['run-many', '-t', 'load-image', `--projects=${project}`];

describe('the archive for docker', () => {
  let directory: string;
  const archiveOf = (project: string) => join(directory, `${project}.tar`);

  beforeAll(async () => {
    directory = makeDirectory('docker-archive');
    // A fake docker: it has only the images that were loaded into it.
    const script = `#!/bin/sh
case "$1 $2" in
'load --quiet') cat > "$ARCHIVE" ;;
'image inspect') [ -e "$ARCHIVE" ] && echo "$IMAGE" ;;
'tag '*) ;;
*) echo "unexpected: $*" >&2; exit 1 ;;
esac
`;
    writeFileSync(join(directory, 'docker'), script, { mode: 0o755 });
    for (const { project } of components) {
      const env = {
        ...nxEnvironment,
        PATH: `${directory}${delimiter}${process.env.PATH}`,
        PRISM_ENGINE: 'docker',
        ARCHIVE: archiveOf(project),
        IMAGE: platformOf(project, host).config.digest,
      };
      await nx(loadOf(project), { env });
    }
  });
  afterAll(() => removeDirectory(directory));

  test.each(components)(
    '$project: a manifest, the config and the layers uncompressed',
    async ({ project }) => {
      const { config, layers } = platformOf(project, host);
      const read = (member: string) => run(['tar', '-xOf', archiveOf(project), member]);
      const [manifest] = JSON.parse(await read('manifest.json'));
      expect(manifest.RepoTags).toEqual([imageOf(project)]);
      expect(sha256(Buffer.from(await read(manifest.Config)))).toBe(config.digest);
      expect(manifest.Layers).toHaveLength(layers.length);
      const sums = manifest.Layers.map((layer: string) =>
        run(['sh', '-c', 'tar -xOf "$0" "$1" | sha256sum', archiveOf(project), layer]),
      );
      const diffIDs = (await Promise.all<string>(sums)).map((line) => `sha256:${line.slice(0, 64)}`);
      expect(diffIDs).toEqual(layers.map(({ diffID }) => diffID));
    },
  );

  describeWith([skopeo], 'with skopeo', () => {
    test.each(components)('$project: reads it, and the config keeps its digest', async ({ project }) => {
      const source = `docker-archive:${archiveOf(project)}`;
      const raw = await run(['skopeo', 'inspect', '--raw', '--config', source]);
      expect(sha256(Buffer.from(raw))).toBe(platformOf(project, host).config.digest);
      const copied = join(directory, `${project}-copy`);
      await run(['skopeo', 'copy', '--quiet', source, `dir:${copied}`]);
      expect(existsSync(join(copied, 'manifest.json'))).toBe(true);
    });
  });

  describeWith([needsPodman], 'with podman', () => {
    test('podman loads them under the same IDs', async () => {
      const podman = new Podman();
      try {
        for (const { project } of components) {
          await podman.run('load', '--quiet', '--input', archiveOf(project));
          const id = await podman.run('image', 'inspect', '--format', '{{.Id}}', imageOf(project));
          expect(`sha256:${id}`).toBe(platformOf(project, host).config.digest);
        }
      } finally {
        await podman.close();
      }
    });
  });
});

describeWith([needsRoot, dockerd], 'a private docker daemon', () => {
  let daemon: DockerDaemon;
  const docker = (...args: string[]) => daemon.docker(...args);

  beforeAll(async () => {
    daemon = await startDocker();
    console.info(`docker ${await docker('version', '--format', '{{.Server.Version}}')}`);
  });
  afterAll(() => daemon?.stop());

  test('loads the images: the ID is the config digest, the tags are ours', async () => {
    const text = await nx(['run-many', '-t', 'load-image', projectList], { env: daemon.env });
    expect(text.match(/ loaded /g)).toHaveLength(components.length);
    for (const { project } of components) {
      const inspected = JSON.parse(await docker('image', 'inspect', imageOf(project)))[0];
      const { config, layers } = platformOf(project, host);
      const short = readDigest(project).index.digest.slice('sha256:'.length, 'sha256:'.length + 12);
      expect(inspected.Id).toBe(config.digest);
      expect(inspected.RootFS.Layers).toEqual(layers.map(({ diffID }) => diffID));
      expect(inspected.RepoTags.sort()).toEqual(
        [imageOf(project), `localhost/prism/${project}:sha-${short}`].sort(),
      );
      expect(inspected.Config.User).toBe('65532:65532');
    }
  });

  test('a second load finds them', async () => {
    const text = await nx(['run-many', '-t', 'load-image', projectList], { env: daemon.env });
    expect(text.match(/ unchanged /g)).toHaveLength(components.length);
    expect(text).not.toMatch(/ loaded /);
  });

  test('a tag that was removed comes back without another load', async () => {
    await docker('rmi', imageOf(memstore.project));
    const text = await nx(loadOf(memstore.project), { env: daemon.env });
    expect(text).toContain(' loaded ');
    expect(await docker('image', 'inspect', '--format', '{{.Id}}', imageOf(memstore.project))).toBe(
      platformOf(memstore.project, host).config.digest,
    );
  });

  test.each(components)('$project: a container of it says its version', async ({ project, binary }) => {
    const own = ['run', '--rm', '--network', 'none', '--read-only', '--cap-drop', 'ALL', '--pull', 'never'];
    const { code, output } = await tryRun(['docker', ...own, imageOf(project), '--version'], {
      env: daemon.env,
    });
    expect({ code, output }).toEqual({ code: 0, output: expect.stringMatching(new RegExp(`^${binary} `)) });
  });

  test('compiles in a builder base where only docker is there', async () => {
    const workspace = makeWorkspace();
    try {
      workspace.write(
        'nx.json',
        JSON.stringify({ plugins: [{ plugin: 'prism', options: { prefix: 'p' } }], analytics: false }),
      );
      writeFakeBuilder(workspace);
      writeGo(workspace, 'app');
      const compile = async (more: NodeJS.ProcessEnv) => {
        const { status, output } = await workspace.nx(['compile', 'app', '--skip-nx-cache'], {
          ...daemon.env,
          ...more,
        });
        if (status !== 0) throw new Error(output);
      };
      await compile({});
      const binary = workspace.path('dist/compile/app/linux-arm64/app');
      expect(readFileSync(binary, 'utf8')).toContain('package main');
      expect(statSync(binary).uid).toBe(process.getuid!());
      expect(existsSync(workspace.path('.prism/containers'))).toBe(false);
      expect(await docker('image', 'ls', '--format', '{{.Repository}}')).toContain('localhost/prism-builder');
      // The same result with Podman.
      const manifest = workspace.read('dist/compile/app/compile.json');
      rmSync(workspace.path('.prism/work'), { recursive: true });
      await compile({ PRISM_ENGINE: 'podman', DOCKER_CONFIG: undefined });
      expect(workspace.read('dist/compile/app/compile.json')).toBe(manifest);
    } finally {
      workspace.remove();
    }
  });

  test('every platform at once, the others under names of their own', async () => {
    await nx(['run-many', '-t', 'load-image', projectList, '--allPlatforms'], { env: daemon.env });
    const other = host === 'amd64' ? 'arm64' : 'amd64';
    const id = await docker(
      'image',
      'inspect',
      '--format',
      '{{.Id}} {{.Architecture}}',
      `${imageOf(memstore.project)}-${other}`,
    );
    expect(id).toBe(`${platformOf(memstore.project, other).config.digest} ${other}`);
  });
});
