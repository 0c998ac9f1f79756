import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import type { LayerEntry } from '@prism-build/assemble';
import { formatPlatform } from '@prism-build/containerfile';
import { docker, dockerCommand, parseDiff, type SecretSource } from '@prism-build/engine';
import { failed, ok, type Result } from '@prism-build/errors';
import { hexOf, type PlatformImage } from '@prism-build/oci';
import { attempt, withLock } from '@prism-build/shell';
import { type Directories, lockPath } from '../../workspace/directories';
import { engineRun } from '../../workspace/engine';
import { loadPlatform } from '../../workspace/loadPlatform';
import { fetchLayers } from '../bases/fetchLayers';
import { callEngine } from './builderStore';
import { describeFailure } from './describeFailure';
import { makeMounts } from './dockerMounts';
import type { DockerPlace } from './dockerPlace';
import type { PreparedRun } from './preparedRun';
import { readContainer } from './readContainer';

/**
 * Executes a command with Docker; gives the entries of a layer with what it changed, files below `scratch`. Docker
 * has one store for all: what was made there goes away with the command, also what an interrupted one left.
 */
export async function executeInDocker(
  run: PreparedRun,
  secrets: readonly SecretSource[],
  scratch: string,
): Promise<Result<LayerEntry[]>> {
  const { input, execution } = run;
  const platform = formatPlatform(execution.step.platform);
  const name = `docker-${process.getuid?.() ?? 0}-${platform.replaceAll('/', '-')}`;
  return withLock(lockPath(input.directories, `containers-${name}`), async () => {
    const own = `${digestOf(input.directories)}-${name}`;
    const place: DockerPlace = {
      call: engineRun(input.directories),
      label: `prism.run=${own}`,
      repository: `localhost/prism-run/${own}`,
      directory: join(input.directories.prism, 'containers', name),
      load: (image) => loadImage(run, image, `localhost/prism-run/${own}`),
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
  let output = '';
  const ran = await place.call({
    argv: dockerCommand.run({
      ...{ name, label: place.label, image: image.value, platform: formatPlatform(step.platform) },
      ...{ argv: step.argv, network: step.network, mounts: mounts.value },
    }),
    onOutput: (chunk) => {
      output = (output + chunk).slice(-65536);
    },
  });
  if (!ran.ok)
    return failed(
      ...ran.failures.map((failure) => {
        // 125 is the status of docker itself (docker run, "Exit status").
        const [, status] = /^status (\d+)/.exec(failure.what) ?? [];
        return describeFailure(failure, { output, step, at, status: status === '125' ? undefined : status });
      }),
    );
  const differs = await place.call({ argv: dockerCommand.diff(name), exact: true });
  if (!differs.ok) return differs;
  const archive = join(scratch, 'container.tar');
  const exported = await callEngine(place.call, { argv: dockerCommand.export(name, archive) });
  if (!exported.ok) return exported;
  return attempt(`cannot read what line ${step.line} of ${file} changed`, () =>
    readContainer(() => createReadStream(archive, { highWaterMark: 1 << 20 }), {
      before: tree,
      differs: parseDiff(differs.value.stdout),
      scratch,
    }),
  );
}

async function loadImage(
  { input, store }: PreparedRun,
  image: PlatformImage,
  repository: string,
): Promise<Result<string>> {
  const { directories } = input;
  const name = `${repository}:${hexOf(image.config.digest).slice(0, 12)}`;
  const loaded = await withLock(lockPath(directories, 'load-docker'), () =>
    loadPlatform(docker, image, [name], {
      ...{ directories, store, directory: directories.store },
      fetchBases: (layers) => fetchLayers(input, store, layers),
    }),
  );
  return loaded.ok ? ok(name) : loaded;
}

/** Containers, then the volumes that they held, then images. */
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

/** Tells the workspaces of one daemon apart. */
function digestOf({ root }: Directories): string {
  return createHash('sha256').update(root).digest('hex').slice(0, 12);
}
