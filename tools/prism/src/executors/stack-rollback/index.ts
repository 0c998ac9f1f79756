import type { ExecutorContext } from '@nx/devkit';
import { operate } from '../../deployment/operate';
import { rollBack } from '../../deployment/rollBack';
import { parseOptions } from '../../nx/parseOptions';
import { endTask } from '../../nx/report';
import { options as own } from './options';

/** The `stack-rollback` executor: an earlier deployment of a stack, from images that are kept on this machine. */
export async function execute(value: unknown, context: ExecutorContext): Promise<{ success: boolean }> {
  const options = parseOptions(own, value, `${context.projectName}:${context.targetName}`);
  if (!options.ok) return endTask(options);
  const { to, ...timing } = options.value;
  return endTask(
    await operate(context, { ...timing, keep: undefined }, (operation) => rollBack(operation, to)),
  );
}
