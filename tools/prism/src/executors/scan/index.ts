import '../../nx/withoutJit';
import { batchExecutor } from '../../nx/batchExecutor';
import { parseOptions } from '../../nx/parseOptions';
import { toTaskResult } from '../../nx/report';
import { openShared } from './openShared';
import { options as scanOptions } from './options';
import { scanStep } from './scanStep';

/**
 * The tasks of a graph that run at once. Images are read one for each core; the others wait to be matched, so that one
 * process of the scanner matches many.
 */
const TASKS = 100;

/** The `scan` executor: the scans of a graph in one process, which hashes database and scanner once. */
export const { execute, executeBatch } = batchExecutor(
  openShared,
  async ({ project, target, options, context }, shared) => {
    const parsed = parseOptions(scanOptions, options, `${project}:${target}`);
    if (!parsed.ok) return toTaskResult(parsed);
    const done = await scanStep(project, parsed.value, context, shared);
    return done.ok ? { success: done.value.allowed, terminalOutput: done.value.text } : toTaskResult(done);
  },
  TASKS,
);
