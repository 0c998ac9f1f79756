import { ok, type Result } from '@prism-build/errors';
import type { Instruction, OnbuildInstruction } from '../instruction';
import type { LogicalLine } from '../read/lines';
import { splitCommand } from '../words';
import { missing } from './pairs';
import { describe, type Request, refuse } from './request';

const FORBIDDEN = ['ONBUILD', 'FROM', 'MAINTAINER'];

type Parse = (line: LogicalLine, token: string, file: string) => Result<Instruction>;

/** ONBUILD holds another instruction, which is checked now although it runs in a later build. */
export function parseOnbuild(request: Request, parse: Parse): Result<OnbuildInstruction> {
  if (request.rest === '') return missing(request, 'an instruction');
  const { keyword } = splitCommand(request.rest);
  if (FORBIDDEN.includes(keyword))
    return refuse(request, 'CONTAINERFILE_BAD_ARGUMENT', `ONBUILD cannot hold ${keyword}.`);
  const { line, endLine, heredocs, file } = request;
  const trigger = parse({ text: request.rest, line, endLine, heredocs }, request.escape, file);
  if (!trigger.ok) return trigger;
  const bodies = heredocs.map(({ content, name }) => `\n${content}${name}`).join('');
  return ok({ ...describe(request, 'ONBUILD'), expression: request.rest + bodies, trigger: trigger.value });
}
