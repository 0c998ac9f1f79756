import type { ExecutorContext } from '@nx/devkit';
import { engineEnvironment } from '@prism-build/builder';
import { podmanPods } from '@prism-build/engine';
import { all, engineFailure, failed, ok, type Result } from '@prism-build/errors';
import { runForeground } from '@prism-build/shell';
import { projectIn, slots } from '../../deployment/slots';
import { parseOptions } from '../../nx/parseOptions';
import { endTask } from '../../nx/report';
import { openProject } from '../../stack/openStack';
import { listOwnPods } from '../../stack/pod';
import { options as own } from './options';

/** The `logs` executor: what the containers of a stack print, each line with its container. */
export async function execute(value: unknown, context: ExecutorContext): Promise<{ success: boolean }> {
  return endTask(await logs(value, context));
}

async function logs(value: unknown, context: ExecutorContext): Promise<Result<string>> {
  const options = parseOptions(own, value, `${context.projectName}:${context.targetName}`);
  if (!options.ok) return options;
  const project = openProject(context);
  if (!project.ok) return project;
  const pods = all(await Promise.all(slots.map((slot) => listOwnPods(projectIn(project.value, slot)))));
  if (!pods.ok) return pods;
  const [pod] = pods.value.flat();
  if (pod === undefined) return ok(`  ${project.value.project} is not up\n`);
  const { follow, tail, container } = options.value;
  const shown = {
    follow,
    tail,
    colour: process.stdout.isTTY === true,
    // In Podman, containers have the name of their pod before their own.
    container: container === undefined ? undefined : `${pod}-${container}`,
  };
  const ended = await runForeground({
    argv: podmanPods.logs(pod, shown),
    env: engineEnvironment(project.value.directories),
    input: false,
    patience: 1000,
    stop: () => undefined,
    finish: async () => undefined,
  });
  if (!ended.ok) return ended;
  if (ended.value.asked || ended.value.status === 0) return ok('');
  const what = `podman did not print the logs of ${pod}: status ${ended.value.status}`;
  return failed(engineFailure('ENGINE_FAILED', { what }));
}
