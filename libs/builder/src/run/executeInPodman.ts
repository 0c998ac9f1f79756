import { createReadStream, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { LayerEntry } from '@prism-build/assemble';
import { formatPlatform } from '@prism-build/containerfile';
import { podmanBuilder, printRun, type SecretSource } from '@prism-build/engine';
import { type Failure, ok, type Result } from '@prism-build/errors';
import { blobPath, canonicalJson, decompressLayer, hexOf } from '@prism-build/oci';
import { attempt, type OutputLine, readTextIfThere } from '@prism-build/shell';
import { fetchLayers } from '../bases/fetchLayers';
import { callEngine, endedEarly, noteImage, type OpenStore, withBuilderStore } from './builderStore';
import { callCommand } from './callCommand';
import type { PreparedRun } from './preparedRun';
import { attemptChanges, findChanges, readEntries } from './readResult';
import { loadRunImage } from './runImages';
import { printMounts } from './runMounts';

/** Executes a command with Podman and returns its changes as entries of a layer, with file contents below `scratch`. */
export async function executeInPodman(
  run: PreparedRun,
  secrets: readonly SecretSource[],
  scratch: string,
): Promise<Result<LayerEntry[]>> {
  const { input, execution } = run;
  const { step, file } = execution;
  const at = { file, line: step.line };
  return withBuilderStore(input.directories, formatPlatform(step.platform), async (open) => {
    const images = [run.image, ...run.mounts.flatMap((image) => image ?? [])];
    for (const image of images) {
      const loaded = await loadRunImage(open, run.store, image, (layers) =>
        fetchLayers(input, run.store, layers),
      );
      if (!loaded.ok) return loaded;
    }
    const calls = join(open.directory, 'calls');
    const prepared = await attempt('cannot prepare the command', () => {
      mkdirSync(join(calls, 'empty'), { recursive: true });
      writeFileSync(
        join(calls, 'Containerfile'),
        printRun({
          base: hexOf(run.image.config.digest),
          argv: step.argv,
          mounts: printMounts(step, run.mounts, input.project),
        }),
      );
    });
    if (!prepared.ok) return prepared;
    const build = podmanBuilder.build(open.store, {
      platform: formatPlatform(step.platform),
      containerfile: join(calls, 'Containerfile'),
      context: join(calls, 'empty'),
      iidfile: join(calls, 'id'),
      network: step.network,
      secrets,
    });
    const built = await callCommand(open.call, build, { step, at, statusOf });
    if (!built.ok) return built;
    const id = readTextIfThere(join(calls, 'id'))?.trim().replace('sha256:', '');
    if (!id) return endedEarly('build');
    rmSync(calls, { recursive: true, force: true });
    noteImage(open, id);
    return takeChanges(open, run, id, scratch);
  });
}

/** Exports only the new layer: Podman skips blobs that exist, so empty files stand for the layers of the base. */
async function takeChanges(
  { call, store, directory }: OpenStore,
  { image, execution: { step, file } }: PreparedRun,
  id: string,
  scratch: string,
): Promise<Result<LayerEntry[]>> {
  const layout = join(scratch, 'layout');
  const prepared = await attempt('cannot prepare the export of what the command changed', () => {
    mkdirSync(join(layout, 'blobs', 'sha256'), { recursive: true });
    writeFileSync(join(layout, 'oci-layout'), canonicalJson({ imageLayoutVersion: '1.0.0' }));
    for (const { diffID } of image.layers) writeFileSync(blobPath(layout, diffID), '');
  });
  if (!prepared.ok) return prepared;
  const pushed = await callEngine(call, { argv: podmanBuilder.push(store, id, relative(directory, layout)) });
  if (!pushed.ok) return pushed;
  const { architecture } = step.platform;
  if (!existsSync(join(layout, 'index.json'))) return endedEarly('push');
  const found = await findChanges({ layout, below: image.layers, architecture });
  const layer = found.ok ? found.value : undefined;
  if (!found.ok || !layer) return found.ok ? ok([]) : found;
  return attemptChanges({ step, file }, () => {
    const source = createReadStream(blobPath(layout, layer.digest), { highWaterMark: 1 << 20 });
    return readEntries(decompressLayer(layer.mediaType, source), scratch);
  });
}

/** The status of the command, from Buildah's message. */
function statusOf(_failure: Failure, output: readonly OutputLine[]): string | undefined {
  const said = output.map(({ text }) => /while running runtime: exit status (\d+)/.exec(text)?.[1]);
  return said.findLast((status) => status !== undefined);
}
