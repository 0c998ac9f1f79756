import { containerfileFailure, type Failure } from '@prism-build/errors';
import type { Heredoc, Warning } from '../instruction';
import { trim, trimStart } from '../text';
import { findHeredocMarks, type HeredocMark } from './heredoc';

/** The text of one instruction, with its physical lines. */
export interface LogicalLine {
  readonly text: string;
  readonly line: number;
  readonly endLine: number;
  readonly heredocs: readonly Heredoc[];
}

interface LogicalLines {
  readonly lines: readonly LogicalLine[];
  readonly warnings: readonly Warning[];
  readonly failures: readonly Failure[];
}

const chomp = (line: string): string => (line.endsWith('\r') ? line.replace(/\r+$/, '') : line);
const isComment = (line: string): boolean => trimStart(line).startsWith('#');
const shiftRemedy =
  'Write a shift without blanks, $((1<<2)): both engines take << after a blank for a heredoc. A heredoc ends with its name alone on a line.';
const isBlank = (line: string): boolean => trimStart(line) === '';

/**
 * Joins continued lines as the engines do: comments and empty lines between them disappear (the latter with a
 * warning), the blanks at the start of a continuing line stay. A line that ends in two escape characters
 * continues, as with Podman; BuildKit would end it.
 */
export function joinLines(physical: readonly string[], token: '\\' | '`', file: string): LogicalLines {
  const lines: LogicalLine[] = [];
  const warnings: Warning[] = [];
  const failures: Failure[] = [];
  const ending = token === '\\' ? /\\[ \t]*$/ : /`[ \t]*$/;
  let at = 0;
  while (at < physical.length) {
    const start = at;
    const first = trimStart(chomp(physical[at++]!));
    if (first === '' || first.startsWith('#')) continue;
    let text = first.replace(ending, '');
    let open = text !== first;
    while (open && at < physical.length) {
      const next = chomp(physical[at++]!);
      if (isComment(next)) continue;
      if (isBlank(next)) {
        // The empty piece after the final line feed is not an empty line.
        if (at < physical.length)
          warnings.push({ what: 'An empty line continues an instruction.', line: at });
        continue;
      }
      const cut = next.replace(ending, '');
      open = cut !== next;
      text += cut;
    }
    const heredocs: Heredoc[] = [];
    for (const mark of findHeredocMarks(text)) {
      const body = readHeredoc(physical, at, mark);
      at = body.next;
      heredocs.push({ ...mark, content: body.content });
      if (body.closed) continue;
      const what = `The heredoc ${mark.name} does not end.`;
      failures.push(
        containerfileFailure('CONTAINERFILE_HEREDOC_OPEN', {
          what,
          ...(/^\d/.test(mark.name) && { remedy: shiftRemedy }),
          at: { file, line: start + 1 },
        }),
      );
    }
    const endLine = at === physical.length && physical.at(-1) === '' && at - 1 > start ? at - 1 : at;
    lines.push({ text: trim(text), line: start + 1, endLine, heredocs });
  }
  return { lines, warnings, failures };
}

function readHeredoc(physical: readonly string[], from: number, mark: HeredocMark) {
  const content: string[] = [];
  for (let at = from; at < physical.length; at++) {
    const line = physical[at]!;
    const bare = mark.stripTabs ? line.replace(/^\t+/, '') : line;
    if (chomp(bare) === mark.name) return { content: content.join(''), next: at + 1, closed: true };
    content.push(`${bare}\n`);
  }
  return { content: content.join(''), next: physical.length, closed: false };
}
