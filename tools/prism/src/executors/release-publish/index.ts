import { batchExecutor } from '../../nx/batchExecutor';
import { parseOptions } from '../../nx/parseOptions';
import { toTaskResult } from '../../nx/report';
import { openShared } from '../scan/openShared';
import { options as publishOptions } from './options';
import { publishStep } from './publishStep';

/** As many as push-manifest, which does the work. */
const AT_ONCE = 4;

/** The `release-publish` executor: what `nx release publish` calls for each project of its release groups. */
export const { execute, executeBatch } = batchExecutor(
  openShared,
  async ({ project, target, options, context }, shared) => {
    const parsed = parseOptions(publishOptions, options, `${project}:${target}`);
    return toTaskResult(parsed.ok ? await publishStep(project, parsed.value, context, shared) : parsed);
  },
  AT_ONCE,
);
