import type { ExecutorContext } from '@nx/devkit';
import { ok, type Result } from '@prism-build/errors';
import { withLock } from '@prism-build/shell';
import { printStatus } from '@prism-build/stack';
import { listenForStop } from '../stack/listenForStop';
import { openProject, type StackProject } from '../stack/openStack';
import { readStatus } from '../stack/readStatus';
import { openJournal } from './journal';
import { forgetOld } from './keepImages';
import type { Operation, Served } from './operation';
import { recover } from './recover';

/** Options that `deploy` and `rollback` share, in seconds. */
interface Timing {
  readonly timeout: number;
  readonly observe: number;
  /** How many healthy deployments keep their images; undefined: nothing is removed. */
  readonly keep: number | undefined;
}

/**
 * Runs one command on the deployments of a stack: under its lock, after the work of a killed command is finished or undone.
 * Returns the table of the containers, and what serves.
 */
export async function operate(
  context: ExecutorContext,
  { timeout, observe, keep }: Timing,
  work: (operation: Operation) => Promise<Result<Served>>,
): Promise<Result<string>> {
  const project = openProject(context);
  if (!project.ok) return project;
  const stopping = listenForStop();
  const served = await withLock(project.value.lock, async () => {
    const journal = await openJournal(project.value);
    if (!journal.ok) return journal;
    const operation: Operation = {
      ...{ project: project.value, journal: journal.value, stopped: stopping.signal },
      ...{ limit: timeout * 1000, observe: observe * 1000 },
    };
    const recovered = await recover(operation);
    if (!recovered.ok) return recovered;
    process.stdout.write(recovered.value);
    const done = await work(operation);
    if (done.ok && keep !== undefined) {
      const forgotten = await forgetOld(project.value, journal.value, keep);
      if (!forgotten.ok) return forgotten;
    }
    return done;
  });
  stopping.end();
  return served.ok ? describe(project.value, served.value) : served;
}

async function describe(
  project: StackProject,
  { number, stack, ready, gap }: Served,
): Promise<Result<string>> {
  const status = await readStatus(project, stack, ready);
  if (!status.ok) return status;
  const out = gap === undefined ? '' : `; ${describeGap(gap)}`;
  const serves = ready === undefined ? 'serves already' : 'serves';
  return ok(`${printStatus(status.value)}  deployment ${number} of ${project.project} ${serves}${out}\n`);
}

function describeGap(gap: number): string {
  return gap === 0
    ? 'the reverse proxy switched to it, without a gap in service'
    : `out of service for ${(gap / 1000).toFixed(1)} s`;
}
