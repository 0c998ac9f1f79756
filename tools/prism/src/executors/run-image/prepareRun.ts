import { engineRun } from '@prism-build/builder';
import { type Engine, inspectOwner, loadNames, removeContainer } from '@prism-build/engine';
import { engineFailure, failed, ok, type Result } from '@prism-build/errors';
import { readDigestJson } from '@prism-build/oci';
import { markProcess, mayRun } from '@prism-build/shell';
import { type Directories, imageDirectory, imageName } from '@prism-build/workspace';
import { stateOf } from './container';
import { endContainer } from './endContainer';
import type { RunOptions } from './options';
import { planRun, type RunPlan } from './planRun';

/** The plan of a run with the facts of the image as it was built last. Failures: LOAD_PLATFORM_MISSING, those of options. */
export async function readPlan(options: RunOptions, project: string, root: string): Promise<Result<RunPlan>> {
  const { prefix, variant } = options;
  const image = await readDigestJson(imageDirectory(root, project, variant));
  if (!image.ok) return image;
  const host = process.arch === 'x64' ? 'amd64' : process.arch;
  const found = image.value.platforms.find(({ platform }) => platform.architecture === host);
  if (!found) {
    const what = `the image has no platform for this machine (${host})`;
    return failed(engineFailure('LOAD_PLATFORM_MISSING', { what }));
  }
  return planRun(options, {
    root,
    project,
    // Uses the tag with the digest, because `latest` may have moved since.
    image: loadNames(imageName(prefix, project), image.value.index.digest, { variant })[1],
    exposedPorts: found.exposedPorts,
    env: process.env,
    terminal: process.stdin.isTTY === true,
    owner: markProcess(),
  });
}

/**
 * Ends and removes a container of that name that a killed run has left. Fails if one is running whose run may still go on.
 */
export async function freeName(
  engine: Engine,
  directories: Directories,
  name: string,
  { stopTimeout }: Pick<RunOptions, 'stopTimeout'>,
): Promise<Result<void>> {
  const call = engineRun(directories);
  const state = await stateOf({ engine, name, call });
  if (state === 'runs') {
    const owner = await call({ argv: inspectOwner(engine, name) });
    if (owner.ok && !mayRun(owner.value.stdout.trim())) {
      process.stdout.write(`  ${name} is ended first: the run that it belonged to was killed\n`);
      await endContainer({ engine, name, call }, 'SIGTERM', stopTimeout * 1000);
      return ok(undefined);
    }
    const remedy = `Stop it (${removeContainer(engine, name).join(' ')}), or use another --name and --ports.`;
    return failed(engineFailure('RUN_NAME_IN_USE', { what: `the container ${name} runs already`, remedy }));
  }
  if (state !== 'ended') return ok(undefined);
  const removed = await call({ argv: removeContainer(engine, name) });
  return removed.ok ? ok(undefined) : removed;
}
