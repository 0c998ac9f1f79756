import { batchExecutor } from '../../nx/batchExecutor';
import { parseOptions } from '../../nx/parseOptions';
import { toTaskResult } from '../../nx/report';
import { openShared } from '../scan/openShared';
import { options as pushOptions } from './options';
import { pushStep } from './pushStep';

/** Pushes wait for the network most of the time, but each holds files and connections. */
const AT_ONCE = 4;

/** The `push-manifest` executor: the pushes of a graph in one process, which opens database and scanner once. */
export const { execute, executeBatch } = batchExecutor(
  openShared,
  async ({ project, target, options, context }, shared) => {
    const parsed = parseOptions(pushOptions, options, `${project}:${target}`);
    return toTaskResult(parsed.ok ? await pushStep(project, target, parsed.value, context, shared) : parsed);
  },
  AT_ONCE,
);
