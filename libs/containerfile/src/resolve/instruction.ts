import type { Failure } from '@prism-build/errors';
import { containerfileFailure } from '@prism-build/errors';
import type { AddInstruction, CopyInstruction, Instruction, Pair } from '../instruction';
import { type Expander, makeExpander } from './expander';
import { resolveMount } from './mount';
import { parsePlatform } from './platform';
import type { Origin, ResolvedInstruction } from './resolved';
import { chooseValue, type GlobalScope, makeScope, type StageScope, toRecord } from './scope';
import { describeParents, describeSource } from './source';

/** What does not change between the instructions of a stage. */
export interface StageTask {
  readonly file: string;
  readonly globals: GlobalScope;
  readonly find: (name: string, line: number) => Origin;
  readonly failures: Failure[];
}

/** Expands one instruction with what it sees, and tells what the next one sees. */
export function resolveInstruction(
  instruction: Exclude<Instruction, { keyword: 'FROM' }>,
  scope: StageScope,
  task: StageTask,
): { resolved: ResolvedInstruction; scope: StageScope } {
  const { line } = instruction;
  const at = { file: task.file, line };
  const expander = makeExpander(scope.visible, at, task.failures);
  const { word, words } = expander;
  const same = (resolved: ResolvedInstruction) => ({ resolved, scope });
  switch (instruction.keyword) {
    case 'ARG': {
      const args = instruction.args.map(({ name, value }) => {
        const expanded = word(name);
        return { name: expanded, value: chooseValue(expanded, expander.maybe(value), task.globals) };
      });
      for (const { name, value } of args) {
        // Podman stops here; a value that BuildKit would pass on is no platform either.
        if (name !== 'TARGETPLATFORM' || value === undefined || parsePlatform(value) !== undefined) continue;
        const what = `TARGETPLATFORM is ${JSON.stringify(value)}, which is no platform.`;
        task.failures.push(containerfileFailure('CONTAINERFILE_BAD_PLATFORM', { what, at }));
      }
      const known = args.flatMap(({ name, value }): [string, string][] =>
        value === undefined ? [] : [[name, value]],
      );
      return {
        resolved: { ...instruction, args },
        scope: makeScope(new Map([...scope.args, ...known]), scope.env),
      };
    }
    case 'ENV': {
      const pairs = expandPairs(instruction.pairs, expander);
      const env = new Map([...scope.env, ...pairs.map(({ name, value }): [string, string] => [name, value])]);
      return { resolved: { ...instruction, pairs }, scope: makeScope(scope.args, env) };
    }
    case 'LABEL':
      return same({ ...instruction, pairs: expandPairs(instruction.pairs, expander) });
    case 'COPY': {
      const transfer = expandTransfer(instruction, expander, false);
      for (const url of transfer.sources.flatMap((source) => (source.kind === 'path' ? [] : source.url)))
        task.failures.push(
          containerfileFailure('CONTAINERFILE_BAD_ARGUMENT', {
            what: `COPY cannot fetch ${url}; ADD can.`,
            at,
          }),
        );
      const from = expander.maybe(instruction.from);
      return same({
        ...instruction,
        ...transfer,
        from: from === undefined ? { kind: 'context' } : task.find(from, line),
      });
    }
    case 'ADD':
      return same({
        ...instruction,
        ...expandTransfer(instruction, expander, true),
        checksum: expander.maybe(instruction.checksum),
      });
    case 'RUN': {
      const find = (name: string) => task.find(name, line);
      const mounts = instruction.mounts.map((mount) =>
        resolveMount(mount, at, expander, find, task.failures),
      );
      return same({ env: toRecord(scope.visible), ...instruction, mounts });
    }
    case 'WORKDIR':
      return same({ ...instruction, path: word(instruction.path) });
    case 'USER':
      return same({ ...instruction, user: word(instruction.user) });
    case 'EXPOSE':
      return same({ ...instruction, ports: instruction.ports.flatMap(words) });
    case 'VOLUME':
      return same({ ...instruction, paths: instruction.paths.map((path) => word(path)) });
    case 'STOPSIGNAL':
      return same({ ...instruction, signal: word(instruction.signal) });
    default:
      return same(instruction);
  }
}

function expandPairs(pairs: readonly Pair[], { word }: Expander): Pair[] {
  return pairs.map(({ name, value }) => ({ name: word(name), value: word(value) }));
}

function expandTransfer(instruction: CopyInstruction | AddInstruction, expander: Expander, remote: boolean) {
  const { word, maybe } = expander;
  return {
    // COPY gets its remote sources described too, so that they can be refused.
    sources: instruction.sources.map((source) => {
      const text = word(source);
      if ('parents' in instruction && instruction.parents && !/^https?:\/\//.test(text))
        return describeParents(text);
      return describeSource(text, remote || /^https?:\/\//.test(text));
    }),
    heredocs: instruction.heredocs.map((heredoc) =>
      heredoc.expand ? { ...heredoc, content: word(heredoc.content, { literalQuotes: true }) } : heredoc,
    ),
    destination: word(instruction.destination),
    chown: maybe(instruction.chown),
    chmod: maybe(instruction.chmod),
    exclude: instruction.exclude.map((pattern) => word(pattern)),
  };
}
