import { failed, ok, type Result } from '@prism-build/errors';
import type { Instruction, Keyword } from '../instruction';
import type { LogicalLine } from '../read/lines';
import { readCommand, readHealthcheck, readList } from './command';
import { type Flags, readFlags } from './flags';
import { parseFrom } from './from';
import { parseOnbuild } from './onbuild';
import { missing, readArguments, readPairs } from './pairs';
import { describe, type Request, refuse } from './request';
import { hint } from './suggest';
import { readTransfer } from './transfer';
import { splitBlanks, splitCommand } from './words';

export type Parser = (request: Request, flags: Flags) => Result<Instruction>;

function map<A, B>(result: Result<A>, change: (value: A) => B): Result<B> {
  return result.ok ? ok(change(result.value)) : result;
}

/** An instruction whose only argument is the rest of the line. */
const one =
  (what: string, build: (request: Request) => Instruction): Parser =>
  (request) =>
    request.rest === '' ? missing(request, what) : ok(build(request));

const PARSERS: Readonly<Record<Keyword, Parser>> = {
  FROM: parseFrom,
  ONBUILD: (request) => parseOnbuild(request, parseInstruction),
  ARG: (request) => map(readArguments(request), (args) => ({ ...describe(request, 'ARG'), args })),
  ENV: (request) => map(readPairs(request), (pairs) => ({ ...describe(request, 'ENV'), pairs })),
  LABEL: (request) => map(readPairs(request), (pairs) => ({ ...describe(request, 'LABEL'), pairs })),
  COPY: (request, flags) =>
    map(readTransfer(request, flags), (transfer) => ({
      ...describe(request, 'COPY'),
      ...transfer,
      from: flags.text('from'),
      parents: flags.isOn('parents'),
    })),
  ADD: (request, flags) =>
    map(readTransfer(request, flags), (transfer) => ({
      ...describe(request, 'ADD'),
      ...transfer,
      checksum: flags.text('checksum'),
      keepGitDir: flags.isOn('keep-git-dir'),
    })),
  RUN: (request, flags) => {
    if (request.rest === '') return missing(request, 'a command');
    return map(readCommand(request, request.rest), (command) => ({
      ...describe(request, 'RUN'),
      command,
      heredocs: request.heredocs,
      mounts: flags.list('mount'),
      network: flags.text('network'),
      security: flags.text('security'),
    }));
  },
  CMD: (request) =>
    map(readCommand(request, request.rest), (command) => ({ ...describe(request, 'CMD'), command })),
  ENTRYPOINT: (request) =>
    map(readCommand(request, request.rest), (command) => ({ ...describe(request, 'ENTRYPOINT'), command })),
  SHELL: (request) => {
    const command = readCommand(request, request.rest);
    if (!command.ok) return command;
    if (command.value.form === 'exec' && command.value.argv.length > 0)
      return ok({ ...describe(request, 'SHELL'), argv: command.value.argv });
    return refuse(
      request,
      'CONTAINERFILE_BAD_ARGUMENT',
      'SHELL needs a JSON array such as ["/bin/bash", "-c"].',
    );
  },
  HEALTHCHECK: (request, flags) => {
    if (request.rest === '') return missing(request, 'CMD or NONE');
    return map(readHealthcheck(request, flags), (check) => ({ ...describe(request, 'HEALTHCHECK'), check }));
  },
  EXPOSE: one('at least one port', (request) => ({
    ...describe(request, 'EXPOSE'),
    ports: splitBlanks(request.rest),
  })),
  VOLUME: (request) => {
    const list = readList(request);
    if (!list.ok) return list;
    if (list.value.length === 0) return missing(request, 'at least one path');
    if (list.value.some((path) => path.trim() === '')) return missing(request, 'paths that are not empty');
    return ok({ ...describe(request, 'VOLUME'), paths: list.value.map((path) => path.trim()) });
  },
  USER: one('a user', (request) => ({ ...describe(request, 'USER'), user: request.rest })),
  WORKDIR: one('a path', (request) => ({ ...describe(request, 'WORKDIR'), path: request.rest })),
  STOPSIGNAL: one('a signal', (request) => ({ ...describe(request, 'STOPSIGNAL'), signal: request.rest })),
  MAINTAINER: one('a name', (request) => ({ ...describe(request, 'MAINTAINER'), author: request.rest })),
};

const KEYWORDS = Object.keys(PARSERS);
const parsers: ReadonlyMap<string, Parser> = new Map(Object.entries(PARSERS));

/** Turns one logical line into a typed instruction; bad flags and bad arguments are reported together. */
export function parseInstruction(line: LogicalLine, token: string, file: string): Result<Instruction> {
  const { keyword, written, flags, rest } = splitCommand(line.text);
  const request: Request = { ...line, keyword, flags, rest, file, escape: token };
  const parser = parsers.get(keyword);
  if (parser === undefined) {
    const what = `${JSON.stringify(written)} is no instruction.${hint(keyword, KEYWORDS)}`;
    return refuse(request, 'CONTAINERFILE_UNKNOWN_INSTRUCTION', what);
  }
  const read = readFlags(request);
  const parsed = parser(request, read);
  if (read.failures.length === 0) return parsed;
  return failed(...read.failures, ...(parsed.ok ? [] : parsed.failures));
}
