import type { ExecutorContext } from '@nx/devkit';
import { ok, type Result } from '@prism-build/errors';
import { withLock } from '@prism-build/shell';
import { openJournal } from '../../deployment/journal';
import { stopDeployed } from '../../deployment/stopDeployed';
import { parseOptions } from '../../nx/parseOptions';
import { endTask } from '../../nx/report';
import { openProject } from '../../stack/openStack';
import { stopStack } from '../../stack/stopStack';
import { options as own } from './options';

/** The `down` executor: stops and removes a stack. It succeeds if there is none. */
export async function execute(value: unknown, context: ExecutorContext): Promise<{ success: boolean }> {
  return endTask(await down(value, context));
}

async function down(value: unknown, context: ExecutorContext): Promise<Result<string>> {
  const options = parseOptions(own, value, `${context.projectName}:${context.targetName}`);
  if (!options.ok) return options;
  const project = openProject(context);
  if (!project.ok) return project;
  const { volumes, grace } = options.value;
  const stopped = await withLock(project.value.lock, async () => {
    const journal = await openJournal(project.value);
    const kind = volumes ? 'remove' : 'keep';
    if (journal.ok) return stopDeployed(project.value, journal.value, grace, kind);
    // A damaged log must not keep a stack running.
    const removed = await stopStack(project.value, grace, kind);
    return removed.ok ? journal : removed;
  });
  if (!stopped.ok) return stopped;
  const { pods, volumes: removed } = stopped.value;
  const first = pods.length === 0 ? `${project.value.project} is not up` : `${pods.join(', ')} removed`;
  return ok(
    `  ${first}${removed === 0 ? '' : `, with ${removed} ${removed === 1 ? 'volume' : 'volumes'}`}\n`,
  );
}
