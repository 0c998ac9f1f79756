import { failed, hint, ok, type Result } from '@prism-build/errors';
import type { Instruction, Keyword } from '../instruction';
import type { LogicalLine } from '../read/lines';
import { splitBlanks, splitCommand } from '../words';
import { readCommand, readHealthcheck, readList } from './command';
import { type Flags, readFlags } from './flags';
import { parseFrom } from './from';
import { parseOnbuild } from './onbuild';
import { missing, readArguments, readPairs } from './pairs';
import { describe, type Request, refuse } from './request';
import { readTransfer } from './transfer';

type Parser = (request: Request, flags: Flags) => Result<Instruction>;

function map<A, B>(result: Result<A>, change: (value: A) => B): Result<B> {
  return result.ok ? ok(change(result.value)) : result;
}

/** An instruction whose only argument is the rest of the line. */
const one =
  (what: string, build: (request: Request) => Instruction): Parser =>
  (request) =>
    request.rest === '' ? missing(request, what) : ok(build(request));

// Spread last: in Node 20, adding properties after a spread takes fifty times as long, and every nx command reads all files.
const PARSERS: Readonly<Record<Keyword, Parser>> = {
  FROM: parseFrom,
  ONBUILD: (request) => parseOnbuild(request, parseInstruction),
  ARG: (request) => map(readArguments(request), (args) => ({ args, ...describe(request, 'ARG') })),
  ENV: (request) => map(readPairs(request), (pairs) => ({ pairs, ...describe(request, 'ENV') })),
  LABEL: (request) => map(readPairs(request), (pairs) => ({ pairs, ...describe(request, 'LABEL') })),
  COPY: (request, flags) =>
    map(readTransfer(request, flags), (transfer) => ({
      from: flags.text('from'),
      parents: flags.isOn('parents'),
      ...describe(request, 'COPY'),
      ...transfer,
    })),
  ADD: (request, flags) =>
    map(readTransfer(request, flags), (transfer) => ({
      checksum: flags.text('checksum'),
      keepGitDir: flags.isOn('keep-git-dir'),
      unpack: flags.has('unpack') ? flags.isOn('unpack') : undefined,
      ...describe(request, 'ADD'),
      ...transfer,
    })),
  RUN: (request, flags) => {
    if (request.rest === '') return missing(request, 'a command');
    return map(readCommand(request, request.rest), (command) => ({
      command,
      heredocs: request.heredocs,
      mounts: flags.list('mount'),
      network: flags.text('network'),
      security: flags.text('security'),
      devices: flags.list('device'),
      ...describe(request, 'RUN'),
    }));
  },
  CMD: (request) =>
    map(readCommand(request, request.rest), (command) => ({ command, ...describe(request, 'CMD') })),
  ENTRYPOINT: (request) =>
    map(readCommand(request, request.rest), (command) => ({ command, ...describe(request, 'ENTRYPOINT') })),
  SHELL: (request) => {
    const command = readCommand(request, request.rest);
    if (!command.ok) return command;
    if (command.value.form === 'exec' && command.value.argv.length > 0)
      return ok({ argv: command.value.argv, ...describe(request, 'SHELL') });
    return refuse(
      request,
      'CONTAINERFILE_BAD_ARGUMENT',
      'SHELL needs a JSON array such as ["/bin/bash", "-c"].',
    );
  },
  HEALTHCHECK: (request, flags) => {
    if (request.rest === '') return missing(request, 'CMD or NONE');
    return map(readHealthcheck(request, flags), (check) => ({ check, ...describe(request, 'HEALTHCHECK') }));
  },
  EXPOSE: one('at least one port', (request) => ({
    ports: splitBlanks(request.rest),
    ...describe(request, 'EXPOSE'),
  })),
  VOLUME: (request) => {
    const list = readList(request);
    if (!list.ok) return list;
    if (list.value.length === 0) return missing(request, 'at least one path');
    if (list.value.some((path) => path.trim() === '')) return missing(request, 'paths that are not empty');
    return ok({ paths: list.value.map((path) => path.trim()), ...describe(request, 'VOLUME') });
  },
  USER: one('a user', (request) => ({ user: request.rest, ...describe(request, 'USER') })),
  WORKDIR: one('a path', (request) => ({ path: request.rest, ...describe(request, 'WORKDIR') })),
  STOPSIGNAL: one('a signal', (request) => ({ signal: request.rest, ...describe(request, 'STOPSIGNAL') })),
  MAINTAINER: one('a name', (request) => ({ author: request.rest, ...describe(request, 'MAINTAINER') })),
};

const KEYWORDS = Object.keys(PARSERS);
const parsers: ReadonlyMap<string, Parser> = new Map(Object.entries(PARSERS));

/** Turns one logical line into a typed instruction; bad flags and bad arguments are reported together. */
export function parseInstruction(line: LogicalLine, token: string, file: string): Result<Instruction> {
  const { keyword, written, flags, rest } = splitCommand(line.text);
  const request: Request = { keyword, flags, rest, file, escape: token, ...line };
  const parser = parsers.get(keyword);
  if (parser === undefined) {
    const what = `${JSON.stringify(written)} is not an instruction.${hint(keyword, KEYWORDS)}`;
    return refuse(request, 'CONTAINERFILE_UNKNOWN_INSTRUCTION', what);
  }
  const read = readFlags(request);
  const parsed = parser(request, read);
  if (read.failures.length === 0) return parsed;
  return failed(...read.failures, ...(parsed.ok ? [] : parsed.failures));
}
