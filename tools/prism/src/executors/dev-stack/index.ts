import type { ExecutorContext } from '@nx/devkit';
import { runStackDev } from '../../dev/runStackDev';
import { parseOptions } from '../../nx/parseOptions';
import { endTask } from '../../nx/report';
import { options as own } from './options';

/** The `dev-stack` executor: runs a stack, and keeps its containers current until it is stopped. */
export async function execute(value: unknown, context: ExecutorContext): Promise<{ success: boolean }> {
  const options = parseOptions(own, value, `${context.projectName}:${context.targetName}`);
  return endTask(options.ok ? await runStackDev(options.value, context) : options);
}
