import type { ExecutorContext } from '@nx/devkit';
import { permitUp } from '../../deployment/permitUp';
import { parseOptions } from '../../nx/parseOptions';
import { endTask } from '../../nx/report';
import { runUp } from '../../stack/runUp';
import { options as own } from './options';

/** The `restart` executor: replaces a running stack by the current one. */
export async function execute(value: unknown, context: ExecutorContext): Promise<{ success: boolean }> {
  const options = parseOptions(own, value, `${context.projectName}:${context.targetName}`);
  return endTask(options.ok ? await runUp(context, options.value.timeout, 'replace', permitUp) : options);
}
