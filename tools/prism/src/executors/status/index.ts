import type { ExecutorContext } from '@nx/devkit';
import { ok, type Result } from '@prism-build/errors';
import { printStatus, type StackStatus } from '@prism-build/stack';
import { parseOptions } from '../../nx/parseOptions';
import { endTask } from '../../nx/report';
import { openProject, openStack } from '../../stack/openStack';
import { readStatus } from '../../stack/readStatus';
import { options as own } from './options';

/** The `status` executor: fails if the stack is not up, or a container is not ready. */
export async function execute(value: unknown, context: ExecutorContext): Promise<{ success: boolean }> {
  const options = parseOptions(own, value, `${context.projectName}:${context.targetName}`);
  const status = options.ok ? await readCurrent(context) : options;
  if (!status.ok || !options.ok) return endTask(status.ok ? ok('') : status);
  const text = options.value.json ? `${JSON.stringify(status.value, null, 2)}\n` : printStatus(status.value);
  process.stdout.write(text);
  return { success: status.value.ready };
}

async function readCurrent(context: ExecutorContext): Promise<Result<StackStatus>> {
  const project = openProject(context);
  if (!project.ok) return project;
  const opened = await openStack(project.value);
  return opened.ok ? readStatus(project.value, opened.value.stack) : opened;
}
