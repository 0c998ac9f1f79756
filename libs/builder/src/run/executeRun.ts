import type { LayerEntry } from '@prism-build/assemble';
import { formatPlatform } from '@prism-build/containerfile';
import { type Failure, failed, type Result } from '@prism-build/errors';
import { sayIfLong } from '@prism-build/shell';
import { pickEngine } from '../engine';
import { executeInDocker } from './executeInDocker';
import { executeInPodman } from './executeInPodman';
import type { PreparedRun } from './preparedRun';
import { findSecrets } from './secrets';

/** Executes a command and returns its changes as entries of a layer, with file contents below `scratch`. */
export async function executeRun(run: PreparedRun, scratch: string): Promise<Result<LayerEntry[]>> {
  const { input, execution } = run;
  const { step, file } = execution;
  const at = { file, line: step.line };
  const engine = pickEngine(input.options.engine);
  const placed = (failures: readonly Failure[]) => failures.map((one) => ({ ...one, at: one.at ?? at }));
  if (!engine.ok) return failed(...placed(engine.failures));
  const secrets = findSecrets(input.directories.root, step, input.options.secrets, at);
  if (!secrets.ok) return secrets;
  const execute = engine.value.name === 'podman' ? executeInPodman : executeInDocker;
  const [line = ''] = step.text.split('\n', 1);
  const text = line.length > 60 ? `${line.slice(0, 59)}…` : line;
  const executed = await sayIfLong(`${input.project}: ${text} for ${formatPlatform(step.platform)}`, () =>
    execute(run, secrets.value, scratch),
  );
  return executed.ok ? executed : failed(...placed(executed.failures));
}
