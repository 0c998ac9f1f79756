import {
  type Checked,
  checked,
  containerfileFailure,
  joinFields,
  joinList,
  mapChecked,
  type Place,
} from '@prism-build/errors';
import type { Argument, Instruction, Pair } from '../instruction';
import { type Expander, makeExpander } from './expander';
import { resolveMount } from './mount';
import { parsePlatform } from './platform';
import type { Origin, ResolvedInstruction } from './resolved';
import { chooseValue, type GlobalScope, makeScope, type StageScope, toRecord } from './scope';
import { resolveAdd, resolveCopy } from './transfer';

/** Values that are the same for all instructions of a stage. */
interface StageTask {
  readonly file: string;
  readonly globals: GlobalScope;
  readonly find: (name: string, line: number) => Checked<Origin>;
}

/** An instruction with its words expanded, and the variables for the next one. */
export interface Step {
  readonly resolved: ResolvedInstruction;
  readonly scope: StageScope;
}

/** Expands one instruction, and returns the variables for the next one. */
export function resolveInstruction(
  instruction: Exclude<Instruction, { keyword: 'FROM' }>,
  scope: StageScope,
  task: StageTask,
): Checked<Step> {
  const at = { file: task.file, line: instruction.line };
  const expander = makeExpander(scope.visible, at);
  const { word, words } = expander;
  const find = (name: string) => task.find(name, at.line);
  const same = (resolved: Checked<ResolvedInstruction>) =>
    mapChecked(resolved, (one): Step => ({ resolved: one, scope }));
  switch (instruction.keyword) {
    case 'ARG':
      return mapChecked(expandArguments(instruction.args, expander, task.globals, at), (args) => {
        const known = args.flatMap(({ name, value }): [string, string][] =>
          value === undefined ? [] : [[name, value]],
        );
        return {
          resolved: { ...instruction, args },
          scope: makeScope(new Map([...scope.args, ...known]), scope.env),
        };
      });
    case 'ENV':
      return mapChecked(expandPairs(instruction.pairs, expander), (pairs) => {
        const own = pairs.map(({ name, value }): [string, string] => [name, value]);
        const env = new Map([...scope.env, ...own]);
        return { resolved: { ...instruction, pairs }, scope: makeScope(scope.args, env) };
      });
    case 'LABEL':
      return same(
        mapChecked(expandPairs(instruction.pairs, expander), (pairs) => ({ ...instruction, pairs })),
      );
    case 'COPY':
      return same(resolveCopy(instruction, expander, find, at));
    case 'ADD':
      return same(resolveAdd(instruction, expander));
    case 'RUN': {
      const mounts = instruction.mounts.map((mount) => resolveMount(mount, at, expander, find));
      const env = toRecord(scope.visible);
      return same(mapChecked(joinList(mounts), (own) => ({ env, ...instruction, mounts: own })));
    }
    case 'WORKDIR':
      return same(mapChecked(word(instruction.path), (path) => ({ ...instruction, path })));
    case 'USER':
      return same(mapChecked(word(instruction.user), (user) => ({ ...instruction, user })));
    case 'EXPOSE': {
      const ports = joinList(instruction.ports.map(words));
      return same(mapChecked(ports, (lists) => ({ ...instruction, ports: lists.flat() })));
    }
    case 'VOLUME': {
      const paths = joinList(instruction.paths.map((path) => word(path)));
      return same(mapChecked(paths, (own) => ({ ...instruction, paths: own })));
    }
    case 'STOPSIGNAL':
      return same(mapChecked(word(instruction.signal), (signal) => ({ ...instruction, signal })));
    default:
      return same(checked(instruction));
  }
}

function expandArguments(
  args: readonly Argument[],
  { word, maybe }: Expander,
  globals: GlobalScope,
  at: Place,
): Checked<Argument[]> {
  const expanded = joinList(
    args.map(({ name, value }) => joinFields({ name: word(name), value: maybe(value) })),
  );
  const chosen = expanded.value.map(({ name, value }) => ({
    name,
    value: chooseValue(name, value, globals),
  }));
  const wrong = chosen.flatMap(({ name, value }) => {
    // Podman fails here. BuildKit would pass the value on, but it is not a platform.
    if (name !== 'TARGETPLATFORM' || value === undefined || parsePlatform(value) !== undefined) return [];
    const what = `TARGETPLATFORM is ${JSON.stringify(value)}, which is not a platform.`;
    return [containerfileFailure('CONTAINERFILE_BAD_PLATFORM', { what, at })];
  });
  return checked(chosen, ...expanded.failures, ...wrong);
}

function expandPairs(pairs: readonly Pair[], { word }: Expander): Checked<Pair[]> {
  return joinList(pairs.map(({ name, value }) => joinFields({ name: word(name), value: word(value) })));
}
