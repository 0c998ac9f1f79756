import type { ExecutorContext } from '@nx/devkit';
import { parseOptions } from '../../nx/parseOptions';
import { endTask } from '../../nx/report';
import { openShared } from '../scan/openShared';
import { options as promoteOptions } from './options';
import { promoteStep } from './promoteStep';

/** The `promote` executor. */
export async function execute(options: unknown, context: ExecutorContext): Promise<{ success: boolean }> {
  const [project, target] = [context.projectName!, context.targetName!];
  const parsed = parseOptions(promoteOptions, options, `${project}:${target}`);
  return endTask(parsed.ok ? await promoteStep(project, parsed.value, context, openShared()) : parsed);
}
