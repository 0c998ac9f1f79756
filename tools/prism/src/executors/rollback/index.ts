import type { ExecutorContext } from '@nx/devkit';
import { parseOptions } from '../../nx/parseOptions';
import { endTask } from '../../nx/report';
import { openShared } from '../scan/openShared';
import { options as rollbackOptions } from './options';
import { rollbackStep } from './rollbackStep';

/** The `rollback` executor. */
export async function execute(options: unknown, context: ExecutorContext): Promise<{ success: boolean }> {
  const [project, target] = [context.projectName!, context.targetName!];
  const parsed = parseOptions(rollbackOptions, options, `${project}:${target}`);
  return endTask(parsed.ok ? await rollbackStep(project, parsed.value, context, openShared()) : parsed);
}
