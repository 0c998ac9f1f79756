import type { ExecutorContext } from '@nx/devkit';
import type { Result } from '@prism-build/errors';
import { deploy } from '../../deployment/deploy';
import { passDeployGate } from '../../deployment/gate';
import { operate } from '../../deployment/operate';
import type { Operation, Served } from '../../deployment/operation';
import { planVersion } from '../../deployment/version';
import { loaderOf } from '../../load/loaderOf';
import { parseOptions } from '../../nx/parseOptions';
import { endTask } from '../../nx/report';
import { checkStack } from '../../stack/checkStack';
import { openStack } from '../../stack/openStack';
import { resolveImages } from '../../stack/resolveImages';
import { openShared } from '../scan/openShared';
import { options as own } from './options';

/** The `deploy` executor: the current stack.yaml and images, through the gate, with a way back. */
export async function execute(value: unknown, context: ExecutorContext): Promise<{ success: boolean }> {
  const options = parseOptions(own, value, `${context.projectName}:${context.targetName}`);
  if (!options.ok) return endTask(options);
  const { beside } = options.value;
  return endTask(
    await operate(context, options.value, (operation) => deployCurrent(operation, beside, context)),
  );
}

/** Reads file and images when the lock is held: of two commands at once, each deploys what is there when its turn comes. */
async function deployCurrent(
  operation: Operation,
  beside: boolean,
  context: ExecutorContext,
): Promise<Result<Served>> {
  const { project } = operation;
  const opened = await openStack(project);
  if (!opened.ok) return opened;
  const { stack } = opened.value;
  const images = await resolveImages(stack, context);
  if (!images.ok) return images;
  const checked = await checkStack(project, stack, images.value, loaderOf(context));
  if (!checked.ok) return checked;
  const version = await planVersion(project, opened.value, images.value);
  if (!version.ok) return version;
  const gate = () => passDeployGate(project.project, images.value, context, openShared());
  return deploy(operation, { version: version.value, gate, beside });
}
