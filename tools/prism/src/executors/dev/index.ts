import type { ExecutorContext } from '@nx/devkit';
import { pickEngine } from '@prism-build/builder';
import { failed, imageFailure, type Result } from '@prism-build/errors';
import { runDev } from '../../dev/runDev';
import { parseOptions } from '../../nx/parseOptions';
import { endTask } from '../../nx/report';
import { options as devOptions } from './options';

/** The `dev` executor: runs a component, and keeps its container current until it is stopped. */
export async function execute(options: unknown, context: ExecutorContext): Promise<{ success: boolean }> {
  return endTask(await dev(options, context));
}

async function dev(value: unknown, context: ExecutorContext): Promise<Result<string>> {
  const project = context.projectName!;
  const options = parseOptions(devOptions, value, `${project}:${context.targetName}`);
  if (!options.ok) return options;
  const targets = context.projectsConfigurations.projects[project]?.targets ?? {};
  if (options.value.test && !targets.test) {
    const what = `option test of dev: ${project} has no target test`;
    return failed(imageFailure('OPTIONS_INVALID', { what, remedy: 'Add the target to project.json.' }));
  }
  const engine = pickEngine(options.value.engine);
  return engine.ok ? runDev(project, options.value, engine.value, context) : engine;
}
