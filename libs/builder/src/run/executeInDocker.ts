import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import type { LayerEntry } from '@prism-build/assemble';
import { formatPlatform } from '@prism-build/containerfile';
import { dockerCommand, parseDiff, type SecretSource } from '@prism-build/engine';
import { type Failure, ok, type Result } from '@prism-build/errors';
import { hexOf } from '@prism-build/oci';
import { withLock } from '@prism-build/shell';
import { type Directories, lockPath } from '@prism-build/workspace';
import { fetchLayers } from '../bases/fetchLayers';
import { engineRun } from '../engine';
import { callEngine, storeName } from './builderStore';
import { callCommand } from './callCommand';
import { makeMounts } from './dockerMounts';
import type { DockerPlace } from './dockerPlace';
import { loadDockerImage } from './loadDockerImage';
import type { PreparedRun } from './preparedRun';
import { readContainer } from './readContainer';
import { attemptChanges } from './readResult';

/**
 * Executes a command with Docker and returns its changes as entries of a layer, with file contents below `scratch`.
 * Docker has one store for all users, so everything made there is removed afterwards, also what an interrupted command
 * left.
 */
export async function executeInDocker(
  run: PreparedRun,
  secrets: readonly SecretSource[],
  scratch: string,
): Promise<Result<LayerEntry[]>> {
  const { input, execution, store } = run;
  const { directories } = input;
  const name = `docker-${storeName(formatPlatform(execution.step.platform))}`;
  return withLock(lockPath(directories, `containers-${name}`), async () => {
    const own = `${digestOf(directories)}-${name}`;
    const repository = `localhost/prism-run/${own}`;
    const place: DockerPlace = {
      call: engineRun(directories),
      label: `prism.run=${own}`,
      repository,
      directory: join(directories.prism, 'containers', name),
      load: (image) => {
        const short = hexOf(image.config.digest).slice(0, 12);
        return loadDockerImage(directories, { store, image, name: `${repository}:${short}` }, (layers) =>
          fetchLayers(input, store, layers),
        );
      },
    };
    const before = await removeLeftovers(place);
    if (!before.ok) return before;
    try {
      return await execute(place, run, secrets, scratch);
    } finally {
      await removeLeftovers(place);
    }
  });
}

async function execute(
  place: DockerPlace,
  run: PreparedRun,
  secrets: readonly SecretSource[],
  scratch: string,
): Promise<Result<LayerEntry[]>> {
  const { step, file, tree } = run.execution;
  const at = { file, line: step.line };
  const image = await place.load(run.image);
  if (!image.ok) return image;
  const mounts = await makeMounts(place, run, secrets, scratch);
  if (!mounts.ok) return mounts;
  const name = `prism-run-${randomBytes(8).toString('hex')}`;
  const argv = dockerCommand.run({
    ...{ name, label: place.label, image: image.value, platform: formatPlatform(step.platform) },
    ...{ argv: step.argv, network: step.network, mounts: mounts.value },
  });
  const ran = await callCommand(place.call, argv, { step, at, statusOf });
  if (!ran.ok) return ran;
  const differs = await place.call({ argv: dockerCommand.diff(name), exact: true });
  if (!differs.ok) return differs;
  const archive = join(scratch, 'container.tar');
  const exported = await callEngine(place.call, { argv: dockerCommand.export(name, archive) });
  if (!exported.ok) return exported;
  return attemptChanges(run.execution, () =>
    readContainer(() => createReadStream(archive, { highWaterMark: 1 << 20 }), {
      before: tree,
      differs: parseDiff(differs.value.stdout),
      scratch,
    }),
  );
}

/** `docker run` exits with the command's status, or with 125 if Docker itself failed (docker run, "Exit status"). */
function statusOf({ what }: Failure): string | undefined {
  const [, status] = /^status (\d+)/.exec(what) ?? [];
  return status === '125' ? undefined : status;
}

/** Removes containers, then the volumes that they used, then images. */
async function removeLeftovers({ call, label, repository }: DockerPlace): Promise<Result<void>> {
  for (const [list, remove] of [
    [dockerCommand.listContainers(label), dockerCommand.removeContainers],
    [dockerCommand.listVolumes(label), dockerCommand.removeVolumes],
    [dockerCommand.listImages(repository), dockerCommand.removeImages],
  ] as const) {
    const listed = await callEngine(call, { argv: list });
    if (!listed.ok) return listed;
    const names = listed.value.split('\n').filter(Boolean);
    const removed = names.length > 0 ? await callEngine(call, { argv: remove(names) }) : ok('');
    if (!removed.ok) return removed;
  }
  return ok(undefined);
}

/** Distinguishes the workspaces that use one daemon. */
function digestOf({ root }: Directories): string {
  return createHash('sha256').update(root).digest('hex').slice(0, 12);
}
