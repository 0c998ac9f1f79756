import { randomUUID } from 'node:crypto';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { changeLine, digestOf } from './lib/edited.mjs';
import { hostCompilers } from './lib/host.mjs';
import { addIdleProject } from './lib/idle.mjs';
import { koBuild, koVersion } from './lib/ko.mjs';
import { measure, table } from './lib/measure.mjs';
import { buildahBuild, buildkitBuild, commandsWorkspace } from './lib/peers.mjs';
import { podmanBuild } from './lib/podman.mjs';
import { environment, run, time } from './lib/process.mjs';
import { cache, copyRepository, nxOf, temporaryDirectory } from './lib/workspace.mjs';

const { version: nxVersion } = createRequire(import.meta.url)('nx/package.json');
const execute = join(import.meta.dirname, 'lib', 'execute.cjs');

/**
 * From an edit of one line of Go to a finished image of two platforms. Every measurement changes the line to new text
 * that no cache contains, and checks that the image changed.
 */
export async function edit({ rounds = 7, project = 'plugin-memstore' }) {
  const scratch = temporaryDirectory();
  const workspace = join(scratch, 'workspace');
  await copyRepository(workspace);
  const module = `plugins/${project.replace('plugin-', '')}`;
  const name = module.split('/')[1];
  const out = join(scratch, 'out');
  const { compile, binary } = hostCompilers(workspace, scratch, out)[project];
  const changeIdle = addIdleProject(workspace, 'idle');
  const nx = nxOf(workspace, { daemon: true });
  const ko = await koBuild(scratch, workspace, { module, main: `./cmd/${project}`, tags: 'grpcnotrace' });
  const podman = podmanBuild(scratch, out);
  const buildah = await buildahBuild(scratch, out, binary);
  const buildkit = await buildkitBuild(scratch, out, binary);
  const commands = await commandsWorkspace(scratch, workspace, {
    ...{ sources: ['libs/plugin-sdk', 'libs/proto/gen/go', module], module, binary, tags: 'grpcnotrace' },
  });
  const env = environment({ PRISM_CACHE_DIR: cache });
  const containerfile = `${module}/Containerfile`;

  const changed = (work) => async () => {
    changeLine(workspace, name);
    return work();
  };
  const checked = (work) => async () => {
    const before = digestOf(workspace, project);
    const milliseconds = await work();
    const after = digestOf(workspace, project);
    if (!after || after === before) throw new Error(`${project} was edited, and its image is the same`);
    return milliseconds;
  };
  const sides = {
    go: changed(() => time(compile)),
    executor: checked(
      changed(async () =>
        Number(
          await run([process.execPath, execute, workspace, project, containerfile], { cwd: workspace, env }),
        ),
      ),
    ),
    idle: () => {
      changeIdle(randomUUID());
      return time(() => nx('build-image', 'idle'));
    },
    nx: checked(changed(() => time(() => nx('build-image', project)))),
    ko: changed(() => time(ko)),
    podman: changed(async () => {
      const build = await podman(project, binary);
      return time(() => compile().then(build));
    }),
    buildkit: changed(async () => (await time(compile)) + (await buildkit())),
    ...(buildah && { buildah: changed(async () => (await time(compile)) + (await buildah())) }),
    commands: () => {
      changeLine(commands.root, name);
      return time(() => commands.nx('image', 'api'));
    },
  };
  const times = await measure(sides, rounds, 2);
  return `one line of ${project} changed, to an image of two platforms\n${table([
    ['go build alone, both platforms', times.go],
    ['executor', times.executor, { to: 'go build alone', peer: times.go, goal: 1.15 }],
    ['nx build-image, daemon on', times.nx, { to: 'ko build', peer: times.ko, goal: 1 }],
    ['nx, an executor that does nothing', times.idle],
    ['ko build', times.ko],
    ['go build, then podman build', times.podman],
    ['go build, then docker build for each platform (BuildKit)', times.buildkit],
    ...(buildah ? [['go build, then buildah build', times.buildah]] : []),
    [
      'the nx above',
      times.nx,
      { to: 'nx with run-commands: go build, podman build', peer: times.commands, goal: 1 },
    ],
    ['nx with run-commands', times.commands],
  ])}${buildah ? '' : '  buildah is not installed: apt-get install buildah\n'}${await versions()}`;
}

/** The first line of what each tool says of its version, on one line. */
async function versions() {
  const asked = [
    ['go', 'version'],
    ['podman', '--version'],
    ['dockerd', '--version'],
    ['buildah', '--version'],
  ];
  const told = asked.map((argv) =>
    run(argv).then(
      (text) => text.trim(),
      () => `no ${argv[0]}`,
    ),
  );
  return `  ${(await Promise.all(told)).join(', ')}, nx ${nxVersion}, ko ${koVersion}\n`;
}
