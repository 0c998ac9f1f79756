import '../../nx/withoutJit';
import { batchExecutor } from '../../nx/batchExecutor';
import { parseOptions } from '../../nx/parseOptions';
import { toTaskResult } from '../../nx/report';
import { benchStep } from './benchStep';
import { options as benchOptions } from './options';

/** The `bench` executor. One process for a graph, so that judging many sizes costs one start. */
export const { execute, executeBatch } = batchExecutor(
  () => undefined,
  async ({ project, target, options, context }) => {
    const parsed = parseOptions(benchOptions, options, `${project}:${target}`);
    if (!parsed.ok) return toTaskResult(parsed);
    const done = await benchStep(project, target, parsed.value, context);
    return done.ok ? { success: done.value.kept, terminalOutput: done.value.text } : toTaskResult(done);
  },
);
