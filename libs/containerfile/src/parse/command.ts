import { type Failure, failed, ok, type Result } from '@prism-build/errors';
import type { Command, Healthcheck } from '../instruction';
import { isSpace, trimStart } from '../text';
import { splitBlanks } from '../words';
import { parseDuration } from './duration';
import type { Flags } from './flags';
import { readJsonWords } from './json';
import { failAt, type Request, refuse } from './request';

const mixed = (request: Request) =>
  failAt(
    request,
    'CONTAINERFILE_BAD_ARGUMENT',
    `The JSON array of ${request.keyword} has to hold strings only.`,
  );
const followed = (request: Request, rest: string) =>
  failAt(
    request,
    'CONTAINERFILE_BAD_ARGUMENT',
    `The JSON array of ${request.keyword} is followed by ${JSON.stringify(rest)}, which Podman ignores; BuildKit takes the whole line for a shell command.`,
  );

/** Exec form or shell form of RUN, CMD, ENTRYPOINT and HEALTHCHECK. */
export function readCommand(request: Request, text: string): Result<Command> {
  const json = readJsonWords(text);
  if (json.kind === 'mixed') return failed(mixed(request));
  if (json.kind === 'followed') return failed(followed(request, json.rest));
  return ok(json.kind === 'words' ? { form: 'exec', argv: json.words } : { form: 'shell', script: text });
}

/** A JSON array or words between blanks: COPY, ADD, VOLUME. */
export function readList(request: Request): Result<readonly string[]> {
  const json = readJsonWords(request.rest);
  if (json.kind === 'mixed') return failed(mixed(request));
  if (json.kind === 'followed') return failed(followed(request, json.rest));
  return ok(json.kind === 'words' ? json.words : splitBlanks(request.rest));
}

export function readHealthcheck(request: Request, flags: Flags): Result<Healthcheck> {
  const end = [...request.rest].findIndex(isSpace);
  const type = end < 0 ? request.rest : request.rest.slice(0, end);
  const rest = end < 0 ? '' : trimStart(request.rest.slice(end));
  if (type.toUpperCase() === 'NONE') {
    const [flag] = request.flags;
    if (flag !== undefined)
      return refuse(
        request,
        'CONTAINERFILE_BAD_FLAG',
        `HEALTHCHECK NONE checks nothing: ${flag} has no meaning.`,
      );
    if (rest === '') return ok({ kind: 'none' });
    return refuse(request, 'CONTAINERFILE_BAD_ARGUMENT', 'HEALTHCHECK NONE takes no arguments.');
  }
  if (type.toUpperCase() !== 'CMD')
    return refuse(
      request,
      'CONTAINERFILE_BAD_ARGUMENT',
      `HEALTHCHECK is followed by CMD or NONE, not by ${JSON.stringify(type)}.`,
    );
  const command = readCommand(request, rest);
  if (!command.ok) return command;
  const empty = command.value.form === 'exec' ? command.value.argv.length === 0 : rest === '';
  const failures: Failure[] = [];
  const bad = (what: string) => failures.push(failAt(request, 'CONTAINERFILE_BAD_FLAG', what));
  const duration = (name: string): number => {
    const text = flags.text(name);
    if (text === undefined || text === '') return 0;
    const value = parseDuration(text);
    if (value === undefined || (value > 0 && value < 1e6))
      bad(`--${name} is a duration of at least 1ms such as 30s, not ${JSON.stringify(text)}.`);
    return value ?? 0;
  };
  const written = flags.text('retries') ?? '';
  if (!/^\d{0,9}$/.test(written)) bad(`--retries is a whole number, not ${JSON.stringify(written)}.`);
  const check: Healthcheck = {
    kind: 'command',
    command: command.value,
    interval: duration('interval'),
    timeout: duration('timeout'),
    startPeriod: duration('start-period'),
    startInterval: duration('start-interval'),
    retries: Number(written),
  };
  if (empty)
    failures.push(failAt(request, 'CONTAINERFILE_MISSING_ARGUMENT', 'HEALTHCHECK CMD needs a command.'));
  return failures.length > 0 ? failed(...failures) : ok(check);
}
