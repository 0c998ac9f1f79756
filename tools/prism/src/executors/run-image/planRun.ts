import { resolve } from 'node:path';
import { type PublishedPort, parsePort, type RunRequest, steersEngine } from '@prism-build/engine';
import { all, type Failure, failed, failuresOf, imageFailure, ok, type Result } from '@prism-build/errors';
import type { RunOptions } from './options';

/** Facts for the plan of a run, in addition to its options. */
export interface RunFacts {
  readonly root: string;
  readonly project: string;
  readonly image: string;
  /** As in digest.json: `8980/tcp`. */
  readonly exposedPorts: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly terminal: boolean;
  /** This process, from `markProcess`. */
  readonly owner: string;
}

export interface RunPlan {
  readonly request: RunRequest;
  /** Values of the variables that the request names. */
  readonly values: Readonly<Record<string, string>>;
}

/** Plans a run. Pure. Reports all invalid options. */
export function planRun(options: RunOptions, facts: RunFacts): Result<RunPlan> {
  const ports = (options.ports ?? facts.exposedPorts).filter((port) => port !== '').flatMap(expandRange);
  const published = all(ports.map(readPort));
  const values = readEnv(options.env, facts.env);
  if (!published.ok || !values.ok) return failed(...failuresOf(published, values));
  const from = (path: string) => resolve(facts.root, path);
  return ok({
    values: values.value,
    request: {
      image: facts.image,
      project: facts.project,
      owner: facts.owner,
      name: options.name ?? containerName(options, facts.project),
      ports: distinct(published.value),
      env: Object.keys(values.value),
      envFiles: options.envFile.map(from),
      volumes: options.volumes.map((volume) =>
        volume.replace(/^\.{1,2}(?=[/:])[^:]*/, (source) => from(source)),
      ),
      tmpfs: options.tmpfs.filter((path) => path !== ''),
      user: options.user,
      readOnly: options.readOnly,
      entrypoint: options.entrypoint,
      interactive: !options.interactive ? 'no' : facts.terminal ? 'terminal' : 'input',
      args: options.args,
    },
  });
}

function containerName({ prefix, variant }: RunOptions, project: string): string {
  const parts = [prefix, project, variant].filter((part) => part);
  // Engines require [a-zA-Z0-9][a-zA-Z0-9_.-]*; an npm scope has an @ and a slash.
  return parts
    .join('-')
    .replaceAll(/[^\w.-]+/g, '-')
    .replace(/^[^a-zA-Z0-9]+/, '');
}

function readPort(text: string): Result<PublishedPort> {
  const port = parsePort(text);
  return port ? ok(port) : failed(refusal('ports', `${text} is not a port`));
}

function readEnv(env: RunOptions['env'], own: RunFacts['env']): Result<Record<string, string>> {
  const pairs = Array.isArray(env)
    ? env.map((text): [string, string | undefined] => {
        const at = text.indexOf('=');
        return at < 0 ? [text, own[text]] : [text.slice(0, at), text.slice(at + 1)];
      })
    : Object.entries(env).map(([name, value]): [string, string] => [name, String(value)]);
  const values = all(pairs.map(([name, value]) => readVariable(name, value)));
  return values.ok ? ok(Object.fromEntries(values.value)) : values;
}

function readVariable(name: string, value: string | undefined): Result<[string, string]> {
  if (!/^[A-Za-z_][A-Za-z0-9_.]*$/.test(name))
    return failed(refusal('env', `${JSON.stringify(name)} is not a name`));
  if (value === undefined) return failed(refusal('env', `${name} has no value here`));
  if (steersEngine(name))
    return failed(refusal('env', `${name} would steer the engine`, `Put ${name} into a file for envFile.`));
  return ok([name, value]);
}

/** EXPOSE may name a range. */
function expandRange(text: string): string[] {
  const [, first, last, protocol = ''] = /^(\d+)-(\d+)(\/\w+)?$/.exec(text) ?? [];
  if (first === undefined) return [text];
  const count = Math.min(Number(last) - Number(first) + 1, 65_535);
  return Array.from({ length: Math.max(count, 0) }, (_, at) => `${Number(first) + at}${protocol}`);
}

function distinct(ports: readonly PublishedPort[]): PublishedPort[] {
  return [...new Map(ports.map((port) => [JSON.stringify(port), port])).values()];
}

function refusal(option: string, why: string, remedy?: string): Failure {
  return imageFailure('OPTIONS_INVALID', { what: `option ${option} of run-image: ${why}`, remedy });
}
