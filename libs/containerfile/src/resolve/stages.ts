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

/**
 * Resolves every stage for one platform: arguments, environment, bases and sources.
 *
 * @returns every failure of what the target needs; a stage that it does not need may be as broken as it likes
 */
export function resolveStages(containerfile: Containerfile, options: ResolveOptions): Result<Resolution> {
  const { file } = containerfile;
  const failures: Failure[] = [];
  const globals = resolveGlobals(containerfile, options, failures);
  const target =
    options.target === undefined ? containerfile.stages.length - 1 : findStage(options.target, containerfile);
  if (target === undefined) {
    const name = options.target ?? '';
    const what = `There is no stage ${JSON.stringify(name)}.${suggestStage(name, containerfile)}`;
    return failed(...failures, containerfileFailure('CONTAINERFILE_TARGET_UNKNOWN', { what, at: { file } }));
  }
  const stages: ResolvedStage[] = [];
  const found: Failure[][] = [];
  for (const stage of containerfile.stages) {
    const own: Failure[] = [];
    stages.push(resolveStage(stage, stages, containerfile, options, globals, own));
    found.push(own);
  }
  const needed = stageClosure(stages, target);
  const all = [...failures, ...needed.flatMap((index) => found[index] ?? [])];
  if (all.length > 0) return failed(...all);
  const given = Object.keys(options.buildArgs ?? {}).sort();
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
