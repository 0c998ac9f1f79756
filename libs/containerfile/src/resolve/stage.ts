import { type Checked, checked, containerfileFailure } from '@prism-build/errors';
import type { Containerfile, Instruction, Stage } from '../instruction';
import { makeExpander } from './expander';
import { resolveInstruction } from './instruction';
import { findOrigin } from './origin';
import { parsePlatform } from './platform';
import type { ResolvedInstruction, ResolvedStage, ResolveOptions, StageBase } from './resolved';
import { DEFAULT_PATH, type GlobalScope, isProxy, makeScope, toMap, toRecord } from './scope';

/** Resolves one stage, after the stages above it. Continues after failures, so that all are reported. */
export function resolveStage(
  stage: Stage,
  earlier: readonly ResolvedStage[],
  containerfile: Containerfile,
  options: ResolveOptions,
  globals: GlobalScope,
): Checked<ResolvedStage> {
  const { file } = containerfile;
  const { from, index } = stage;
  const at = { file, line: from.line };
  const contexts = options.namedContexts ?? [];
  const { word, maybe } = makeExpander(globals.visible, at);
  const name = word(from.image);
  const found = findBase(name.value, from.image, earlier, contexts, at);
  const base = found.value;
  const written = maybe(from.platform);
  const failures = [...name.failures, ...found.failures, ...written.failures];
  const platform = written.value === undefined ? options.platform : parsePlatform(written.value);
  if (platform === undefined) {
    const what = `${JSON.stringify(written.value)} is not a platform.`;
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
    findOrigin(name, { stage: index, line }, containerfile, contexts);
  const task = { file, globals, find };
  const instructions: ResolvedInstruction[] = [];
  for (const instruction of [...listTriggers(parent), ...stage.instructions]) {
    if (instruction.keyword === 'FROM') continue;
    const next = resolveInstruction(instruction, scope, task);
    failures.push(...next.failures);
    instructions.push(next.value.resolved);
    scope = next.value.scope;
  }
  const resolved: ResolvedStage = {
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
  return { value: resolved, failures };
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
): Checked<StageBase> {
  if (name === 'scratch') return checked({ kind: 'scratch' });
  const stage = contexts.includes(name)
    ? undefined
    : earlier.find((each) => each.name === name.toLowerCase());
  if (stage !== undefined) return checked({ kind: 'stage', index: stage.index });
  const image: StageBase = { kind: 'image', reference: name };
  if (name !== '') return checked(image);
  const what = `The base ${written} is empty once it is expanded.`;
  return checked(image, containerfileFailure('CONTAINERFILE_BASE_EMPTY', { what, at }));
}
