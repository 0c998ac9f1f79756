import type { Failure } from '@prism-build/errors';
import type { Containerfile } from '../instruction';
import { makeExpander } from './expander';
import type { ResolveOptions } from './resolved';
import { chooseValue, type GlobalScope, listPlatformArguments, toMap } from './scope';

/** Goes through the ARG instructions above the first FROM; each sees those above it and the platform arguments. */
export function resolveGlobals(
  { file, globals }: Containerfile,
  options: ResolveOptions,
  failures: Failure[],
): GlobalScope {
  const buildArgs = toMap(options.buildArgs ?? {});
  const own = listPlatformArguments(options.platform, options.buildPlatform);
  // A build argument may replace a platform argument, as podman build allows it.
  const replaced = [...buildArgs].filter(([name]) => own.has(name));
  const platform = replaced.length > 0 ? new Map([...own, ...replaced]) : own;
  const declared = new Map<string, string>();
  for (const { args, line } of globals) {
    const seen = new Map([...platform, ...declared]);
    const { word, maybe } = makeExpander(seen, { file, line }, failures);
    for (const argument of args) {
      const name = word(argument.name);
      const value = chooseValue(name, maybe(argument.value), { declared, platform, buildArgs });
      if (value !== undefined) declared.set(name, value);
    }
  }
  return {
    visible: declared.size === 0 ? platform : new Map([...platform, ...declared]),
    declared,
    platform,
    buildArgs,
  };
}
