import type { ExecutorContext } from '@nx/devkit';
import { ok, type Result } from '@prism-build/errors';
import { encodeHistory, printHistory } from '@prism-build/stack';
import { openJournal } from '../../deployment/journal';
import { parseOptions } from '../../nx/parseOptions';
import { endTask } from '../../nx/report';
import { describeProject } from '../../stack/openStack';
import { options as own } from './options';

/** The `history` executor: what was deployed, by whom, and what became of it. */
export async function execute(value: unknown, context: ExecutorContext): Promise<{ success: boolean }> {
  return endTask(await readHistory(value, context));
}

async function readHistory(value: unknown, context: ExecutorContext): Promise<Result<string>> {
  const options = parseOptions(own, value, `${context.projectName}:${context.targetName}`);
  if (!options.ok) return options;
  const project = describeProject(context);
  const journal = await openJournal(project);
  if (!journal.ok) return journal;
  const print = options.value.json ? encodeHistory : printHistory;
  return ok(print(project.project, journal.value.history(), options.value.last));
}
