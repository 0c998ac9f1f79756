import { posix } from 'node:path';
import { readPairs, readSettings } from './settings';
import type { StatedBuild } from './stated';

export const isComposeFile = (file: string): boolean =>
  /(^|\/)(docker-)?compose(\.[^/]+)?\.ya?ml$/.test(file);

/** A file that is merged over another one of its kind: what it does not set is not the default. */
export const isOverride = (file: string): boolean => /[.-]override\.[^./]+$/.test(file);

type Table = Readonly<Record<string, unknown>>;

/** What a Compose file says about builds, with paths as written. */
export interface ComposeFile {
  readonly services: Readonly<Record<string, Table>>;
  readonly include: readonly Include[];
  /** The other files that it names, with the lines. */
  readonly names: readonly { readonly path: string; readonly line: number }[];
}

/** Files that are merged, in this order, into one project of its own. */
interface Include {
  readonly paths: readonly string[];
  /** The base of relative paths; absent: the directory of the first file. */
  readonly directory: string | undefined;
}

/** The services of a project, and the base of their relative paths. */
export interface Services {
  readonly services: Readonly<Record<string, Table>>;
  readonly directory: string;
  /** The file that `extends` names; absent for the project itself. */
  readonly file?: string;
}

/** The Compose file at a path; undefined if there is none. */
type FindCompose = (path: string) => ComposeFile | undefined;

export function parseCompose(text: string): ComposeFile {
  // Loaded when a Compose file is new or has changed.
  const { parse } = require('yaml') as typeof import('yaml');
  const top = tableOf(parse(text, { merge: true, logLevel: 'silent' }));
  const services = Object.entries(tableOf(top.services)).map(([name, one]) => {
    const { build, extends: extended } = tableOf(one);
    return [name, { build, extends: extended }] as const;
  });
  const include = (Array.isArray(top.include) ? top.include : []).map((one: unknown): Include => {
    const { path, project_directory: directory } = isTable(one) ? one : { path: one };
    return { paths: [path].flat().filter(isText), directory: isText(directory) ? directory : undefined };
  });
  const extended = services.map(([, one]) => tableOf(one.extends).file).filter(isText);
  const lines = text.split('\n');
  const names = [...new Set([...include.flatMap(({ paths }) => paths), ...extended])].map((path) => ({
    path,
    line: lines.findIndex((line) => line.includes(path)) + 1,
  }));
  return { services: Object.fromEntries(services), include, names };
}

/**
 * The services that are built, after the Compose specification: `build` is a text or a table, and `extends` merges it
 * over that of another service, also of another file. A service whose context another file sets is left out.
 *
 * @param whole whether no other file is merged with this one
 */
export function listBuilds(
  project: Services,
  whole = true,
  find: FindCompose = () => undefined,
): StatedBuild[] {
  return Object.keys(project.services).flatMap((service): StatedBuild[] => {
    const build = buildOf(project, service, find, []);
    if (!build || build.dockerfile_inline !== undefined) return [];
    const { context = whole ? '.' : undefined, dockerfile } = build;
    if (!isText(context)) return [];
    const { target, args, labels, additional_contexts: contexts } = build;
    const settings = readSettings({ target, args, labels, contexts });
    const containerfile = isText(dockerfile) ? dockerfile : undefined;
    return [{ name: `service ${service}`, context, containerfile, from: 'context', settings }];
  });
}

/** `build` of a service, over that of the service that it extends; undefined if it is not built, or not known. */
function buildOf(
  project: Services,
  name: string,
  find: FindCompose,
  seen: readonly string[],
): Table | undefined {
  const { services, directory } = project;
  const { build, extends: extended } = tableOf(services[name]);
  const own = isText(build) ? { context: build } : build;
  if (own !== undefined && !isTable(own)) return undefined;
  const { file, service } = isText(extended) ? { file: undefined, service: extended } : tableOf(extended);
  const path = isText(file) ? resolveFile(directory, file) : undefined;
  const other = path === undefined ? undefined : find(path);
  if (file !== undefined && !other) return own?.context === undefined ? undefined : own;
  const from = other ? { services: other.services, directory: posix.dirname(path!), file: path! } : project;
  const key = `${from.file}\0${service}`;
  const found =
    isText(service) && !seen.includes(key) ? buildOf(from, service, find, [...seen, key]) : undefined;
  const base = found && rebase(found, from.directory, directory);
  if (!own || !base) return own ?? base;
  return { ...base, ...own, args: { ...readPairs(base.args), ...readPairs(own.args) } };
}

/** A build with its context relative to another directory. */
function rebase(build: Table, from: string, to: string): Table {
  const { context } = build;
  if (from === to || !isText(context) || !isRelative(context)) return build;
  return { ...build, context: posix.relative(to, posix.join(from, context)) || '.' };
}

/** The projects that a file includes, with those that they include; each file once. */
export function listIncluded(
  { include }: ComposeFile,
  directory: string,
  find: FindCompose,
  seen: readonly string[],
): (Services & { readonly files: readonly string[] })[] {
  return include.flatMap((one) => {
    const files = one.paths.flatMap((path) => resolveFile(directory, path) ?? []);
    const found = files.flatMap((file) => (seen.includes(file) ? [] : (find(file) ?? [])));
    const base =
      one.directory === undefined ? posix.dirname(files[0] ?? '.') : resolveFile(directory, one.directory);
    if (found.length === 0 || base === undefined) return [];
    const services = found.map((file) => file.services).reduce(merge);
    const nested = found.flatMap((file) => listIncluded(file, base, find, [...seen, ...files]));
    return [{ services, directory: base, files }, ...nested];
  });
}

/** The services of a file over those of another one. */
function merge(base: Services['services'], over: Services['services']): Services['services'] {
  const merged = Object.entries(over).map(([name, one]) => {
    const both = [base[name]?.build, one.build].map((build) => (isText(build) ? { context: build } : build));
    const build = both.every(isTable) ? Object.assign({}, ...both) : (both[1] ?? both[0]);
    return [name, { build, extends: one.extends ?? base[name]?.extends }] as const;
  });
  return { ...base, ...Object.fromEntries(merged) };
}

/** A path below the workspace; undefined for variables, remote and absolute paths, and for what is outside. */
export function resolveFile(directory: string, path: string): string | undefined {
  const place = posix.join(directory, path).replace(/(.)\/$/, '$1');
  return isRelative(path) && !/^\.\.(\/|$)/.test(place) ? place : undefined;
}

const isRelative = (path: string): boolean => !/^[/~]|[$:]/.test(path);
const isText = (value: unknown): value is string => typeof value === 'string';
const isTable = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const tableOf = (value: unknown): Record<string, unknown> => (isTable(value) ? value : {});
