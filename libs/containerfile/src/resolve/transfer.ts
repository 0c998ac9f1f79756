import {
  type Checked,
  checked,
  containerfileFailure,
  joinFields,
  joinList,
  mapChecked,
} from '@prism-build/errors';
import type { AddInstruction, CopyInstruction, Heredoc } from '../instruction';
import type { Expander } from './expander';
import type { Origin, ResolvedAdd, ResolvedCopy } from './resolved';
import { describeParents, describeSource } from './source';

/** COPY with its words expanded. Fails for remote sources. */
export function resolveCopy(
  instruction: CopyInstruction,
  expander: Expander,
  find: (name: string) => Checked<Origin>,
  at: { file: string; line: number },
): Checked<ResolvedCopy> {
  const transfer = expandTransfer(instruction, expander, false);
  const remote = transfer.value.sources.flatMap((source) => (source.kind === 'path' ? [] : source.url));
  const refused = remote.map((url) =>
    containerfileFailure('CONTAINERFILE_BAD_ARGUMENT', { what: `COPY cannot fetch ${url}; ADD can.`, at }),
  );
  const name = expander.maybe(instruction.from);
  const from = name.value === undefined ? checked<Origin>({ kind: 'context' }) : find(name.value);
  return checked(
    { ...instruction, ...transfer.value, from: from.value },
    ...[...transfer.failures, ...refused, ...name.failures, ...from.failures],
  );
}

/** ADD with its words expanded. */
export function resolveAdd(instruction: AddInstruction, expander: Expander): Checked<ResolvedAdd> {
  const transfer = expandTransfer(instruction, expander, true);
  const checksum = expander.maybe(instruction.checksum);
  const resolved = { ...instruction, ...transfer.value, checksum: checksum.value };
  return checked(resolved, ...transfer.failures, ...checksum.failures);
}

function expandTransfer(instruction: CopyInstruction | AddInstruction, expander: Expander, remote: boolean) {
  const { word, maybe } = expander;
  const parents = 'parents' in instruction && instruction.parents;
  const describe = (text: string) => {
    // Also recognises remote sources of COPY, so that they can be refused.
    const fetched = /^https?:\/\//.test(text);
    return parents && !fetched ? describeParents(text) : describeSource(text, remote || fetched);
  };
  return joinFields({
    sources: joinList(instruction.sources.map((source) => mapChecked(word(source), describe))),
    heredocs: joinList(instruction.heredocs.map((heredoc) => expandHeredoc(heredoc, expander))),
    destination: word(instruction.destination),
    chown: maybe(instruction.chown),
    chmod: maybe(instruction.chmod),
    exclude: joinList(instruction.exclude.map((pattern) => word(pattern))),
  });
}

function expandHeredoc(heredoc: Heredoc, { word }: Expander): Checked<Heredoc> {
  if (!heredoc.expand) return checked(heredoc);
  return mapChecked(word(heredoc.content, { literalQuotes: true }), (content) => ({ ...heredoc, content }));
}
