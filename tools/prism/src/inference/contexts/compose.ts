import { readSettings } from './settings';
import type { StatedBuild } from './stated';

export const isComposeFile = (file: string): boolean =>
  /(^|\/)(docker-)?compose(\.[^/]+)?\.ya?ml$/.test(file);

/** The services of a Compose file that are built, after the Compose specification: `build` is a text or a table. */
export function readCompose(text: string): StatedBuild[] {
  // Loaded when a Compose file is new or has changed.
  const { parse } = require('yaml') as typeof import('yaml');
  const services = tableOf(tableOf(parse(text, { merge: true, logLevel: 'silent' })).services);
  return Object.entries(services).flatMap(([service, value]): StatedBuild[] => {
    const { build } = tableOf(value);
    const {
      context = '.',
      dockerfile,
      dockerfile_inline: inline,
    } = typeof build === 'string' ? { context: build } : (tableOf(build) as Record<string, unknown>);
    if (typeof build !== 'string' && !isTable(build)) return [];
    if (inline !== undefined || typeof context !== 'string') return [];
    const { target, args, labels, additional_contexts: contexts } = tableOf(build);
    const settings = readSettings({ target, args, labels, contexts });
    const containerfile = typeof dockerfile === 'string' ? dockerfile : undefined;
    return [{ name: `service ${service}`, context, containerfile, from: 'context', settings }];
  });
}

const isTable = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const tableOf = (value: unknown): Record<string, unknown> => (isTable(value) ? value : {});
