import type { ExecutorContext } from '@nx/devkit';
import { parseOptions } from '../../nx/parseOptions';
import { toTaskResult } from '../../nx/report';
import { options as verifyOptions } from './options';
import { verifyStep } from './verifyStep';

/** The `verify-image` executor: whether an image of a registry may be used. */
export async function execute(value: unknown, context: ExecutorContext): Promise<{ success: boolean }> {
  const [project, target] = [context.projectName!, context.targetName!];
  const options = parseOptions(verifyOptions, value, `${project}:${target}`);
  const result = options.ok ? await verifyStep(project, options.value, context) : toTaskResult(options);
  process.stdout.write(result.terminalOutput);
  return { success: result.success };
}
