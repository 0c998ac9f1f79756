import { parseContainerfile } from '@prism-build/containerfile';
import type { Result } from '@prism-build/errors';
import { type ResolvedFile, resolveFile, resolveReads } from '@prism-build/plan';
import { platformOf } from '@prism-build/workspace';
import { type Component, toComponent } from '../../src/inference/read/component';

export interface ComponentOptions {
  readonly platforms?: readonly string[];
  readonly buildArgs?: Readonly<Record<string, string>>;
  readonly target?: string;
  readonly contexts?: readonly string[];
}

const amd64 = { os: 'linux', architecture: 'amd64' };

function requestOf(text: string, file: string, options: ComponentOptions) {
  const { platforms = ['linux/amd64', 'linux/arm64'], buildArgs = {}, target, contexts = [] } = options;
  const containerfile = parseContainerfile(text, file);
  if (!containerfile.ok) return containerfile;
  const request = { platforms: platforms.map(platformOf), buildPlatform: amd64, buildArgs, target, contexts };
  return { ok: true as const, value: { containerfile: containerfile.value, ...request } };
}

/** What keys are made of, from a text alone. */
export function readComponent(
  text: string,
  file = 'Containerfile',
  options: ComponentOptions = {},
): Result<Component> {
  const request = requestOf(text, file, options);
  return request.ok ? toComponent(resolveReads(request.value)) : request;
}

/** Undefined: the text is not a Containerfile. */
export function resolveText(text: string, file = 'Containerfile'): ResolvedFile | undefined {
  const request = requestOf(text, file, {});
  return request.ok ? resolveFile(request.value) : undefined;
}
