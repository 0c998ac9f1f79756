import type { Containerfile } from '../instruction';
import { isPlatformArgument } from '../platformArgument';
import type { ResolvedStage } from './resolved';
import { isProxy } from './scope';

/** Names that an ARG declares anywhere in the file, as written. */
export function listDeclared({ globals, stages }: Containerfile): Set<string> {
  const all = [...globals, ...stages.flatMap(({ instructions }) => instructions)];
  return new Set(all.flatMap((each) => (each.keyword === 'ARG' ? each.args.map(({ name }) => name) : [])));
}

/** Names of arguments that these stages can use: declared above the first FROM or in one of them, platform and proxy names. */
export function listUsed(
  containerfile: Containerfile,
  stages: readonly ResolvedStage[],
): { has: (name: string) => boolean } {
  const names = new Set([
    ...containerfile.globals.flatMap(({ args }) => args.map(({ name }) => name)),
    ...stages.flatMap(({ instructions }) =>
      instructions.flatMap((each) => (each.keyword === 'ARG' ? each.args.map(({ name }) => name) : [])),
    ),
  ]);
  return {
    has: (name) => names.has(name) || isProxy(name) || isPlatformArgument(name),
  };
}
