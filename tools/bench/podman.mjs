import { join } from 'node:path';
import { changeLine, digestOf } from './lib/edited.mjs';
import { measure, table } from './lib/measure.mjs';
import { naiveBuild } from './lib/naive.mjs';
import { engineSettings } from './lib/podman.mjs';
import { time } from './lib/process.mjs';
import { copyRepository, nxOf, temporaryDirectory } from './lib/workspace.mjs';

const builder = 'base-go-builder';

/**
 * From an edit of one line of Go to a finished image of two platforms, without the machine's toolchain: our Podman
 * path against plain `podman build` of the same Containerfile, without and with cache mounts. Modules are fetched
 * beforehand; no side uses the network.
 */
export async function podman({ rounds = 3, project = 'plugin-memstore' }) {
  const scratch = temporaryDirectory();
  const workspace = join(scratch, 'workspace');
  await copyRepository(workspace);
  const name = project.replace('plugin-', '');
  const nx = nxOf(workspace, { daemon: true, more: { PRISM_ENGINE: 'podman', ...engineSettings() } });
  await nx('run-many', '-t', 'build-image', '-p', project);
  await nx('materialize', builder);
  const layout = join(workspace, 'dist', 'layouts', builder);
  const naive = await naiveBuild({
    scratch,
    workspace,
    layout,
    containerfile: `plugins/${name}/Containerfile`,
  });
  const changed = (work) => () => {
    changeLine(workspace, name);
    return work();
  };
  const sides = {
    ours: changed(async () => {
      const before = digestOf(workspace, project);
      const milliseconds = await time(() => nx('build-image', project));
      if (digestOf(workspace, project) === before)
        throw new Error(`${project} was edited, its image is the same`);
      return milliseconds;
    }),
    plain: changed(() => naive(false)),
    mounts: changed(() => naive(true)),
  };
  const times = await measure(sides, rounds);
  const against = (to, peer, goal) => ({ to, peer, goal, above: true });
  return `one line of ${project} changed, to an image of two platforms, compiled in containers\n${table([
    ['nx build-image, PRISM_ENGINE=podman', times.ours, against('podman build', times.plain, 3)],
    ['the same', times.ours, against('podman build with cache mounts', times.mounts, 1.3)],
    ['podman build --platform … --manifest', times.plain],
    ['podman build with cache mounts', times.mounts],
  ])}`;
}
