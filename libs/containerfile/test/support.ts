import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Result } from '@prism-build/errors';
import {
  type Containerfile,
  parseContainerfile,
  type Resolution,
  type ResolvedInstruction,
  type ResolveOptions,
  resolveStages,
} from '../src/index';

export const fixture = (name: string): string => readFileSync(join(__dirname, 'fixtures', name), 'utf8');

export function expectOk<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(JSON.stringify(result.failures, undefined, 1));
  return result.value;
}

/** `line CODE` of every failure. */
export function listFailures(result: Result<unknown>): string[] {
  return result.ok ? [] : result.failures.map(({ at, code }) => `${at?.line ?? '-'} ${code}`);
}

export const parse = (text: string): Containerfile => expectOk(parseContainerfile(text, 'Containerfile'));

const defaults: ResolveOptions = {
  platform: { os: 'linux', architecture: 'arm64' },
  buildPlatform: { os: 'linux', architecture: 'amd64' },
};

export function tryResolve(text: string, options: Partial<ResolveOptions> = {}): Result<Resolution> {
  return resolveStages(parse(text), { ...defaults, ...options });
}

export const resolve = (text: string, options: Partial<ResolveOptions> = {}): Resolution =>
  expectOk(tryResolve(text, options));

/** The last stage's instructions of one kind. */
export function find<K extends ResolvedInstruction['keyword']>(resolution: Resolution, keyword: K) {
  const last = resolution.stages.at(-1)!;
  return last.instructions.filter(
    (each): each is Extract<ResolvedInstruction, { keyword: K }> => each.keyword === keyword,
  );
}
