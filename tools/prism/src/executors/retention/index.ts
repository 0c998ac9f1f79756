import type { ExecutorContext } from '@nx/devkit';
import { parseOptions } from '../../nx/parseOptions';
import { endTask } from '../../nx/report';
import { options as retentionOptions } from './options';
import { retentionStep } from './retentionStep';

/** The `retention` executor. */
export async function execute(options: unknown, context: ExecutorContext): Promise<{ success: boolean }> {
  const [project, target] = [context.projectName!, context.targetName!];
  const parsed = parseOptions(retentionOptions, options, `${project}:${target}`);
  return endTask(parsed.ok ? await retentionStep(project, parsed.value, context) : parsed);
}
