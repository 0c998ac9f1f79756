import { engineFailure, type Failure, failed, type Result } from '@prism-build/errors';
import { builderDirectory, projectNameOf } from '@prism-build/workspace';
import { pickEngine } from '../engine';
import { findToolchain } from '../toolchain';
import { type Compiler, type CompilerRequest, hostCompiler } from './compiler';
import { obtainToolchain } from './obtainToolchain';
import { withBuilder } from './withBuilder';

/**
 * Runs `work` with the pinned compiler: the host's if it matches the pin, else the builder base's in a container, else a
 * fetched one. The engine `podman` always uses the builder base. All give the same bytes, so no cache key names the choice.
 */
export async function withCompiler<T>(
  request: CompilerRequest,
  work: (compiler: Compiler) => Promise<Result<T>>,
): Promise<Result<T>> {
  const { options, language, pin, plan, directories, siblings } = request;
  const asked = options.engine === 'auto' ? process.env.PRISM_ENGINE || 'auto' : options.engine;
  const host = findToolchain(language, pin, plan, directories.cache);
  if (host.ok && asked !== 'podman') return work(hostCompiler(host.value));
  // If the builder is pinned to another language, no other compiler can help.
  if (!host.ok && pin.language !== language.name) return host;
  const at = { file: plan.containerfile, line: plan.builderLine };
  const engine = pickEngine(options.engine);
  const directory = builderDirectory(plan.builder);
  const project = directory && projectNameOf(directory);
  const isThere = project !== undefined && siblings.optionsOf(project).ok;
  if (engine.ok && isThere) return withBuilder(request, engine.value, project, work);
  if (asked !== 'podman' && !host.ok) {
    const obtained = await obtainToolchain(request, host.failures);
    if (obtained.ok) return work(hostCompiler(obtained.value));
    return failed(...obtained.failures.map((failure) => explain(failure, engine.ok)));
  }
  if (!engine.ok) return engine;
  const what = `${plan.builder} is not a component of this workspace, so ${engine.value.name} has no toolchain to run`;
  return failed(engineFailure('BUILDER_MISSING', { what, at }));
}

/** Adds to a failure why no container could compile. */
function explain(failure: Failure, engine: boolean): Failure {
  const why = engine ? 'the builder is not a component of this workspace' : 'no engine is installed';
  return {
    ...failure,
    why: [failure.why, `a container cannot compile either: ${why}`].filter(Boolean).join('\n'),
  };
}
