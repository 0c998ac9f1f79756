import { readPairs, readSettings } from './settings';
import type { StatedBuild } from './stated';

export const isComposeFile = (file: string): boolean =>
  /(^|\/)(docker-)?compose(\.[^/]+)?\.ya?ml$/.test(file);

/** A file that is merged over another one of its kind: what it does not set is not the default. */
export const isOverride = (file: string): boolean => /[.-]override\.[^./]+$/.test(file);

type Table = Readonly<Record<string, unknown>>;

/**
 * The services of a Compose file that are built, after the Compose specification: `build` is a text or a table, and
 * `extends` merges it over that of another service. A service whose context another file sets is left out.
 *
 * @param whole whether no other file is merged with this one
 */
export function readCompose(text: string, whole = true): StatedBuild[] {
  // Loaded when a Compose file is new or has changed.
  const { parse } = require('yaml') as typeof import('yaml');
  const services = tableOf(tableOf(parse(text, { merge: true, logLevel: 'silent' })).services);
  return Object.keys(services).flatMap((service): StatedBuild[] => {
    const build = buildOf(services, service, []);
    if (!build || build.dockerfile_inline !== undefined) return [];
    const { context = whole ? '.' : undefined, dockerfile } = build;
    if (typeof context !== 'string') return [];
    const { target, args, labels, additional_contexts: contexts } = build;
    const settings = readSettings({ target, args, labels, contexts });
    const containerfile = typeof dockerfile === 'string' ? dockerfile : undefined;
    return [{ name: `service ${service}`, context, containerfile, from: 'context', settings }];
  });
}

/** `build` of a service, over that of the service that it extends; undefined if it is not built, or not known. */
function buildOf(services: Table, name: string, seen: readonly string[]): Table | undefined {
  const { build, extends: extended } = tableOf(services[name]);
  const own = typeof build === 'string' ? { context: build } : build;
  if (own !== undefined && !isTable(own)) return undefined;
  const { file, service } = typeof extended === 'string' ? { service: extended } : tableOf(extended);
  if (file !== undefined) return own?.context === undefined ? undefined : own;
  const base =
    typeof service === 'string' && !seen.includes(service)
      ? buildOf(services, service, [...seen, name])
      : undefined;
  if (!own || !base) return own ?? base;
  return { ...base, ...own, args: { ...readPairs(base.args), ...readPairs(own.args) } };
}

const isTable = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const tableOf = (value: unknown): Record<string, unknown> => (isTable(value) ? value : {});
