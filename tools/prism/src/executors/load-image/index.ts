import { loadStep } from '../../load/loadStep';
import { batchExecutor } from '../../nx/batchExecutor';
import { parseOptions } from '../../nx/parseOptions';
import { toTaskResult } from '../../nx/report';
import { options as loadOptions } from './options';

/** The `load-image` executor. One image at a time: an engine has one loader. */
export const { execute, executeBatch } = batchExecutor(
  () => undefined,
  async ({ project, target, options, context }) => {
    const parsed = parseOptions(loadOptions, options, `${project}:${target}`);
    return toTaskResult(parsed.ok ? await loadStep(project, parsed.value, context) : parsed);
  },
  1,
);
