import { containerfileFailure, type Failure, failed, ok, type Result } from '@prism-build/errors';
import type { Containerfile } from '../instruction';
import { stageClosure } from './closure';
import { resolveGlobals } from './globals';
import { findStage, suggestStage } from './origin';
import type { Resolution, ResolvedStage, ResolveOptions } from './resolved';
import { type GlobalScope, isProxy } from './scope';
import { resolveStage } from './stage';
import { listDeclared, listUsed } from './used';

/** Every stage of a file for one platform, needed by the target or not. */
export interface ResolvedStages {
  /** In the order of the file. A stage with failures is resolved as far as possible. */
  readonly stages: readonly ResolvedStage[];
  /** Failures above the first FROM, which affect all stages. */
  readonly shared: readonly Failure[];
  /** Failures of each stage, by its index. */
  readonly failures: readonly (readonly Failure[])[];
  readonly globals: GlobalScope;
}

/** Resolves every stage for one platform: arguments, environment, bases and sources. */
export function resolveAllStages(containerfile: Containerfile, options: ResolveOptions): ResolvedStages {
  const globals = resolveGlobals(containerfile, options);
  const stages: ResolvedStage[] = [];
  const failures: (readonly Failure[])[] = [];
  for (const stage of containerfile.stages) {
    const resolved = resolveStage(stage, stages, containerfile, options, globals.value);
    stages.push(resolved.value);
    failures.push(resolved.failures);
  }
  return { stages, shared: globals.failures, failures, globals: globals.value };
}

/**
 * Chooses a stage of a resolved file and the stages that it needs.
 *
 * @param target name or index; undefined: the last stage
 * @returns every failure of the stages that the target needs; errors in other stages are ignored
 */
export function chooseTarget(
  containerfile: Containerfile,
  { stages, shared, failures, globals }: ResolvedStages,
  { target: wanted, buildArgs }: Pick<ResolveOptions, 'target' | 'buildArgs'>,
): Result<Resolution> {
  const target = wanted === undefined ? containerfile.stages.length - 1 : findStage(wanted, containerfile);
  if (target === undefined) {
    const name = wanted ?? '';
    const what = `There is no stage ${JSON.stringify(name)}.${suggestStage(name, containerfile)}`;
    const at = { file: containerfile.file };
    return failed(...shared, containerfileFailure('CONTAINERFILE_TARGET_UNKNOWN', { what, at }));
  }
  const needed = stageClosure(stages, target);
  const all = [...shared, ...needed.flatMap((index) => failures[index] ?? [])];
  if (all.length > 0) return failed(...all);
  const given = Object.keys(buildArgs ?? {}).sort();
  const { warnings } = containerfile;
  if (given.length === 0)
    return ok({ stages, target, needed, usedBuildArgs: [], undeclaredBuildArgs: [], warnings });
  const declared = listDeclared(containerfile);
  const used = listUsed(
    containerfile,
    needed.map((index) => stages[index]!),
  );
  return ok({
    stages,
    target,
    needed,
    usedBuildArgs: given.filter((name) => used.has(name)),
    undeclaredBuildArgs: given.filter(
      (name) => !declared.has(name) && !isProxy(name) && !globals.platform.has(name),
    ),
    warnings,
  });
}

/** One target of a file for one platform: see `resolveAllStages` and `chooseTarget`. */
export function resolveStages(containerfile: Containerfile, options: ResolveOptions): Result<Resolution> {
  return chooseTarget(containerfile, resolveAllStages(containerfile, options), options);
}
