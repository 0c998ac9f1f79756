import { join } from 'node:path';
import type { CompileRequest, Target } from '../language';
import { crossToolOf, tripleOf } from './targets';

/**
 * Tools that build scripts may find on a machine, and that the pin does not have, by the variable that names them. What
 * they make would depend on the machine, pkg-config's libraries above all. So each variable names no program.
 */
export const absentTools: Readonly<Record<string, string>> = {
  CXX: 'C++ compiler',
  CMAKE: 'cmake',
  PKG_CONFIG: 'pkg-config',
};

/** The name in place of an absent tool; messages contain it. */
const absentTool = (variable: string): string => `${variable.toLowerCase().replace('_', '-')}-of-no-stage`;

/**
 * Makes build scripts compile C with the pinned gcc and binutils of each platform, by the variables of the crate `cc`.
 * `__FILE__` of a dependency does not contain the directory of the cache. The value is the same for every project that
 * shares the cache: crates with C would otherwise be compiled again for each.
 */
export function cEnvironment({ targets, environment, directories }: CompileRequest): Record<string, string> {
  const map = `-ffile-prefix-map=${join(directories.cache, 'cargo')}=/cargo`;
  const env = Object.fromEntries(Object.keys(absentTools).map((name) => [name, absentTool(name)]));
  for (const target of targets) {
    const [compiler, archiver] = [crossToolOf(target, 'gcc'), crossToolOf(target, 'ar')];
    if (!compiler || !archiver) continue;
    const triple = tripleOf(target).replaceAll('-', '_');
    env[`CC_${triple}`] = compiler;
    env[`AR_${triple}`] = archiver;
    env[`CFLAGS_${triple}`] = [map, flagsOf(environment(target), target)].filter(Boolean).join(' ');
  }
  return env;
}

/** The flags of the stage that the crate `cc` would use for a target: the first of these variables. */
function flagsOf(stage: Readonly<Record<string, string>>, target: Target): string | undefined {
  const triple = tripleOf(target);
  const names = [`CFLAGS_${triple}`, `CFLAGS_${triple.replaceAll('-', '_')}`, 'TARGET_CFLAGS', 'CFLAGS'];
  return names.map((name) => stage[name]).find((value) => value !== undefined);
}
