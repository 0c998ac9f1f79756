import type { ExecutorContext } from '@nx/devkit';
import { ok, type Result } from '@prism-build/errors';
import { withLock } from '@prism-build/shell';
import { printStatus } from '@prism-build/stack';
import { loaderOf } from '../load/loaderOf';
import { awaitReady } from './awaitReady';
import { checkStack } from './checkStack';
import { listenForStop } from './listenForStop';
import { openProject, openStack, type StackProject } from './openStack';
import { readStatus } from './readStatus';
import { resolveImages } from './resolveImages';
import { findRunning, startStack } from './startStack';
import { graceOf, stopStack } from './stopStack';

/**
 * Starts a stack, or replaces it. Reads and checks everything first: a fault in the file, or an image that cannot be loaded,
 * leaves a running stack alone. `permit` is asked under the lock. Returns the table of its containers.
 */
export async function runUp(
  context: ExecutorContext,
  seconds: number,
  how: 'start' | 'replace',
  permit: (project: StackProject, limit: number) => Promise<Result<void>>,
): Promise<Result<string>> {
  const project = openProject(context);
  if (!project.ok) return project;
  const opened = await openStack(project.value);
  if (!opened.ok) return opened;
  const { stack } = opened.value;
  const images = await resolveImages(stack, context);
  if (!images.ok) return images;
  const stopping = listenForStop();
  const start = { stack, images: images.value, limit: seconds * 1000, stopped: stopping.signal };
  const ready = await withLock(project.value.lock, async () => {
    const permitted = await permit(project.value, start.limit);
    if (!permitted.ok) return permitted;
    const find = () => findRunning(project.value, start);
    // A pod that runs is looked for at once, unless it is to be stopped once everything is known to be good.
    const [good, there] = await Promise.all([
      checkStack(project.value, stack, images.value, loaderOf(context)),
      how === 'start' ? find() : undefined,
    ]);
    if (!good.ok) return good;
    if (how === 'replace') {
      const stopped = await stopStack(project.value, graceOf(stack), 'keep');
      if (!stopped.ok) return stopped;
    }
    const running = there ?? (await find());
    if (!running.ok) return running;
    if (!running.value) return startStack(project.value, start);
    const waited = await awaitReady(project.value, stack, { since: performance.now(), ...start });
    // It was ready before: the seconds of this command mean nothing.
    return waited.ok ? ok(undefined) : waited;
  });
  stopping.end();
  if (!ready.ok) return ready;
  const status = await readStatus(project.value, stack, ready.value);
  return status.ok ? ok(printStatus(status.value)) : status;
}
