import { containerfileFailure, type Failure, failed, ok, type Result } from '@prism-build/errors';
import type { Containerfile, Instruction, Stage } from '../instruction';
import { stageClosure } from './closure';
import { makeExpander } from './expander';
import { resolveGlobals } from './globals';
import { resolveInstruction } from './instruction';
import { findOrigin, findStage, suggestStage } from './origin';
import { parsePlatform } from './platform';
import type { Resolution, ResolvedInstruction, ResolvedStage, ResolveOptions, StageBase } from './resolved';
import { DEFAULT_PATH, type GlobalScope, isProxy, makeScope, toMap, toRecord } from './scope';
import { listDeclared, listUsed } from './used';

/** Every stage of a file for one platform, whatever needs it. */
export interface ResolvedStages {
  /** In the order of the file; one that has failures stands for as much of it as could be resolved. */
  readonly stages: readonly ResolvedStage[];
  /** What is wrong above the first FROM, which all stages share. */
  readonly shared: readonly Failure[];
  /** What is wrong with each stage, by its index. */
  readonly failures: readonly (readonly Failure[])[];
  readonly globals: GlobalScope;
}

/** Resolves every stage for one platform: arguments, environment, bases and sources. */
export function resolveAllStages(containerfile: Containerfile, options: ResolveOptions): ResolvedStages {
  const shared: Failure[] = [];
  const globals = resolveGlobals(containerfile, options, shared);
  const stages: ResolvedStage[] = [];
  const failures: Failure[][] = [];
  for (const stage of containerfile.stages) {
    const own: Failure[] = [];
    stages.push(resolveStage(stage, stages, containerfile, options, globals, own));
    failures.push(own);
  }
  return { stages, shared, failures, globals };
}

/**
 * Chooses a stage of a resolved file, with what it needs.
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

function resolveStage(
  stage: Stage,
  earlier: readonly ResolvedStage[],
  containerfile: Containerfile,
  options: ResolveOptions,
  globals: GlobalScope,
  failures: Failure[],
): ResolvedStage {
  const { file } = containerfile;
  const { from, index } = stage;
  const at = { file, line: from.line };
  const contexts = options.namedContexts ?? [];
  const { word, maybe } = makeExpander(globals.visible, at, failures);
  const base = findBase(word(from.image), from.image, earlier, contexts, at, failures);
  const written = maybe(from.platform);
  const platform = written === undefined ? options.platform : parsePlatform(written);
  if (platform === undefined) {
    const what = `${JSON.stringify(written)} is no platform.`;
    failures.push(containerfileFailure('CONTAINERFILE_BAD_PLATFORM', { what, at }));
  }
  const parent = base.kind === 'stage' ? earlier[base.index] : undefined;
  const image =
    base.kind === 'image' ? (options.baseEnv?.(base.reference, platform ?? options.platform) ?? {}) : {};
  const baseEnv = toMap(parent?.env ?? image);
  if (!baseEnv.has('PATH')) baseEnv.set('PATH', DEFAULT_PATH);

  const proxies = [...globals.buildArgs].filter(([name]) => isProxy(name));
  let scope = makeScope(new Map(proxies), baseEnv);
  const find = (name: string, line: number) =>
    findOrigin(name, { stage: index, line }, containerfile, contexts, failures);
  const task = { file, globals, failures, find };
  const instructions: ResolvedInstruction[] = [];
  for (const instruction of [...listTriggers(parent), ...stage.instructions]) {
    if (instruction.keyword === 'FROM') continue;
    const next = resolveInstruction(instruction, scope, task);
    instructions.push(next.resolved);
    scope = next.scope;
  }
  return {
    index,
    name: from.name,
    line: from.line,
    text: from.text,
    base,
    platform: platform ?? options.platform,
    instructions,
    baseEnv: toRecord(baseEnv),
    env: toRecord(scope.env),
  };
}

function listTriggers(parent: ResolvedStage | undefined): Instruction[] {
  return (parent?.instructions ?? []).flatMap((each) => (each.keyword === 'ONBUILD' ? each.trigger : []));
}

function findBase(
  name: string,
  written: string,
  earlier: readonly ResolvedStage[],
  contexts: readonly string[],
  at: { file: string; line: number },
  failures: Failure[],
): StageBase {
  if (name === 'scratch') return { kind: 'scratch' };
  if (name === '') {
    const what = `The base ${written} is empty once it is expanded.`;
    failures.push(containerfileFailure('CONTAINERFILE_BASE_EMPTY', { what, at }));
  }
  const stage = contexts.includes(name)
    ? undefined
    : earlier.find((each) => each.name === name.toLowerCase());
  return stage === undefined ? { kind: 'image', reference: name } : { kind: 'stage', index: stage.index };
}
