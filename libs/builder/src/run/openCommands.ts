import { randomBytes } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Commands, listChanges, toEntries } from '@prism-build/assemble';
import { runHostname } from '@prism-build/engine';
import { ok, type Result } from '@prism-build/errors';
import type { ContentStore, ImageSettings, Layer } from '@prism-build/oci';
import type { Compression, RunStep } from '@prism-build/plan';
import { attempt } from '@prism-build/shell';
import { packLayer } from '../packing';
import type { StepInput } from '../step';
import { executeRun } from './executeRun';
import { digestRun, readRun, writeRun } from './memo';
import type { PreparedRun } from './preparedRun';
import { attemptChanges } from './readResult';
import { makeRunImage } from './runImages';
import { mountImages } from './runMounts';

/** Executes commands of stages with an engine. Takes the layer of an equal earlier command from the store. */
export function openCommands(input: StepInput, store: ContentStore, compression: Compression): Commands {
  // A builder stage is often equal for all platforms of the image; it then runs once.
  const running = new Map<string, Promise<Result<Layer | undefined>>>();
  const pack: Commands['pack'] = (changes) => packLayer(store, toEntries(changes), { compression });
  return {
    pack,
    run: async (execution) => {
      const { step, layers } = execution;
      const image = await makeRunImage(store, step.platform, layers, settingsOf(step));
      if (!image.ok) return image;
      const mounts = await mountImages(store, execution);
      if (!mounts.ok) return mounts;
      const mountIds = mounts.value.map((one) => one?.config.digest ?? '');
      const key = digestRun(image.value.config.digest, mountIds, step);
      const prepared = { input, store, execution, image: image.value, mounts: mounts.value };
      const result = running.get(key) ?? runOnce(prepared, key, pack);
      running.set(key, result);
      return result;
    },
  };
}

async function runOnce(
  run: PreparedRun,
  key: string,
  pack: Commands['pack'],
): Promise<Result<Layer | undefined>> {
  const { directories } = run.input;
  const kept = await readRun(directories, run.store, key);
  if (kept !== undefined) return ok(kept ?? undefined);
  const made = await runFresh(run, pack);
  if (!made.ok) return made;
  return attempt('cannot write the memo of the command', () => {
    writeRun(directories, key, made.value);
    return made.value;
  });
}

async function runFresh(run: PreparedRun, pack: Commands['pack']): Promise<Result<Layer | undefined>> {
  const { input, execution } = run;
  const scratch = join(
    input.directories.prism,
    'scratch',
    `${process.pid}-${randomBytes(4).toString('hex')}`,
  );
  const { step, tree } = execution;
  try {
    mkdirSync(scratch, { recursive: true });
    const entries = await executeRun(run, scratch);
    if (!entries.ok) return entries;
    const targets = step.mounts.map(({ target }) => target.slice(1));
    const changes = await attemptChanges(execution, () => listChanges(tree, entries.value, targets));
    if (!changes.ok) return changes;
    return changes.value.size === 0 ? ok(undefined) : await pack(changes.value);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** Settings of the image in which the command runs. Values of ARG become ENV, the only variables that Podman passes on. */
function settingsOf({ environment, working, user }: RunStep): ImageSettings {
  return {
    env: Object.entries(environment).map(([name, value]) => `${name}=${value}`),
    workingDir: working,
    user,
    hostname: runHostname,
  };
}
