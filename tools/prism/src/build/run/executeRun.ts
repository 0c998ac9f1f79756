import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { formatPlatform } from '@prism-build/containerfile';
import { podmanBuilder, printRun } from '@prism-build/engine';
import { engineFailure, failed, ok, type Result } from '@prism-build/errors';
import { blobPath, canonicalJson, type Descriptor, hexOf } from '@prism-build/oci';
import { attempt } from '@prism-build/shell';
import { pickEngine } from '../../workspace/engine';
import { fetchLayers } from '../bases/fetchLayers';
import { callEngine, noteImage, type OpenStore, withBuilderStore } from './builderStore';
import { describeFailure } from './describeFailure';
import type { PreparedRun } from './preparedRun';
import { findChanges } from './readResult';
import { loadRunImage } from './runImages';
import { printMounts } from './runMounts';
import { findSecrets } from './secrets';

/** Executes a command; gives the layer with what it changed, in a layout at `layout`. */
export async function executeRun(run: PreparedRun, layout: string): Promise<Result<Descriptor | undefined>> {
  const { input, execution } = run;
  const { step, file } = execution;
  const at = { file, line: step.line };
  const engine = pickEngine(input.options.engine);
  if (!engine.ok) return failed(...engine.failures.map((failure) => ({ ...failure, at })));
  if (engine.value.name !== 'podman') {
    const what = `${engine.value.name} does not run commands of stages, only podman does`;
    return failed(engineFailure('ENGINE_MISSING', { what, at }));
  }
  const secrets = findSecrets(input.directories.root, step, input.options.secrets, at);
  if (!secrets.ok) return secrets;
  return withBuilderStore(input.directories, formatPlatform(step.platform), async (open) => {
    const images = [run.image, ...run.mounts.flatMap((image) => image ?? [])];
    for (const image of images) {
      const loaded = await loadRunImage(open, run.store, image, (layers) =>
        fetchLayers(input, run.store, layers),
      );
      if (!loaded.ok) return loaded;
    }
    const calls = join(open.directory, 'calls');
    const prepared = await attempt('cannot prepare a command', () => {
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
      secrets: secrets.value,
    });
    let output = '';
    const built = await open.call({
      argv: build,
      onOutput: (chunk) => {
        output = (output + chunk).slice(-65536);
      },
    });
    if (!built.ok)
      return failed(...built.failures.map((failure) => describeFailure(failure, output, step, at)));
    const id = readFileSync(join(calls, 'id'), 'utf8').trim().replace('sha256:', '');
    rmSync(calls, { recursive: true, force: true });
    noteImage(open, id);
    return takeChanges(open, run, id, layout);
  });
}

/** Podman writes an image without the blobs that lie there: empty ones of the right name spare it those of the base. */
async function takeChanges(
  { call, store, directory }: OpenStore,
  { image, execution: { step } }: PreparedRun,
  id: string,
  layout: string,
): Promise<Result<Descriptor | undefined>> {
  const prepared = await attempt('cannot prepare for what a command changed', () => {
    mkdirSync(join(layout, 'blobs', 'sha256'), { recursive: true });
    writeFileSync(join(layout, 'oci-layout'), canonicalJson({ imageLayoutVersion: '1.0.0' }));
    for (const { diffID } of image.layers) writeFileSync(blobPath(layout, diffID), '');
  });
  if (!prepared.ok) return prepared;
  const pushed = await callEngine(call, { argv: podmanBuilder.push(store, id, relative(directory, layout)) });
  if (!pushed.ok) return pushed;
  const { architecture } = step.platform;
  const found = await findChanges({ layout, below: image.layers, architecture });
  return found.ok ? ok(found.value) : found;
}
