import type { Containerfile, Heredoc, Instruction } from './instruction';

/**
 * Writes a Containerfile in normal form: one line for each instruction, no comments, heredocs below. The text parses to
 * the same instructions, apart from line numbers.
 */
export function printContainerfile({ escape: token, syntax, globals, stages }: Containerfile): string {
  const directives = [
    ...(syntax === undefined ? [] : [`# syntax=${syntax}`]),
    ...(token === '\\' ? [] : [`# escape=${token}`]),
  ];
  const instructions = [...globals, ...stages.flatMap(({ from, instructions }) => [from, ...instructions])];
  return [...directives, ...instructions.map(printInstruction), ''].join('\n');
}

function printInstruction(instruction: Instruction): string {
  return [instruction.text, ...findHeredocs(instruction).map(({ content, name }) => content + name)].join(
    '\n',
  );
}

function findHeredocs(instruction: Instruction): readonly Heredoc[] {
  if (instruction.keyword === 'ONBUILD') return findHeredocs(instruction.trigger);
  const { keyword } = instruction;
  return keyword === 'RUN' || keyword === 'COPY' || keyword === 'ADD' ? instruction.heredocs : [];
}
