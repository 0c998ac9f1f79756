import type { Checked, Failure } from '@prism-build/errors';
import type { Containerfile } from '../instruction';
import { makeExpander } from './expander';
import type { ResolveOptions } from './resolved';
import { chooseValue, type GlobalScope, listPlatformArguments, toMap } from './scope';

/** Resolves the ARG instructions above the first FROM. Each may use those above it and the platform arguments. */
export function resolveGlobals(
  { file, globals }: Containerfile,
  options: ResolveOptions,
): Checked<GlobalScope> {
  const buildArgs = toMap(options.buildArgs ?? {});
  const own = listPlatformArguments(options.platform, options.buildPlatform);
  // As in podman build, a build argument may override a platform argument.
  const replaced = [...buildArgs].filter(([name]) => own.has(name));
  const platform = replaced.length > 0 ? new Map([...own, ...replaced]) : own;
  const declared = new Map<string, string>();
  const failures: Failure[] = [];
  for (const { args, line } of globals) {
    const seen = new Map([...platform, ...declared]);
    const { word, maybe } = makeExpander(seen, { file, line });
    for (const argument of args) {
      const name = word(argument.name);
      const fallback = maybe(argument.value);
      failures.push(...name.failures, ...fallback.failures);
      const value = chooseValue(name.value, fallback.value, { declared, platform, buildArgs });
      if (value !== undefined) declared.set(name.value, value);
    }
  }
  const visible = declared.size === 0 ? platform : new Map([...platform, ...declared]);
  return { value: { visible, declared, platform, buildArgs }, failures };
}
