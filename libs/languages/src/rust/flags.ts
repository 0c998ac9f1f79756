import type { Target } from '../language';
import { tableOf } from '../toml';
import { matchesCfg } from './cfg';
import { type Configuration, mergeFlags, splitFlags, targetTables } from './configuration';
import { cfgOf, tripleOf, upperTriple } from './targets';

/**
 * The flags for rustc that a stage and the configuration of its tree set. By cargo's precedence, only the first of
 * these counts: CARGO_ENCODED_RUSTFLAGS, RUSTFLAGS, `target.<triple>` with every matching `target.'cfg(…)'`, `build`.
 *
 * @param configurations outermost first
 */
export function flagsFor(
  target: Target,
  configurations: readonly Configuration[],
  environment: Readonly<Record<string, string>>,
): readonly string[] {
  const { CARGO_ENCODED_RUSTFLAGS: encoded, RUSTFLAGS: plain } = environment;
  if (encoded !== undefined) return encoded === '' ? [] : encoded.split('\x1f');
  if (plain !== undefined) return splitFlags(plain);
  const ofVariable = (name: string) => splitFlags(environment[name] ?? '');
  const tables = configurations.map(targetTables);
  const keys = new Set(tables.flatMap((table) => [...table.keys()]));
  const matching = [...keys].filter((key) => matchesCfg(key, cfgOf(target)) === true);
  const merge = (key: string) => mergeFlags(tables.map((table) => table.get(key)?.rustflags));
  const own = [
    ...merge(tripleOf(target)),
    ...ofVariable(variableOf(target)),
    ...matching.sort().flatMap(merge),
  ];
  if (own.length > 0) return own;
  const build = mergeFlags(configurations.map(({ table }) => tableOf(table.build).rustflags));
  return [...build, ...ofVariable('CARGO_BUILD_RUSTFLAGS')];
}

const variableOf = (target: Target) => `CARGO_TARGET_${upperTriple(target)}_RUSTFLAGS`;

/** Whether a stage's variable sets flags for one target. */
export const setsFlagsFor = (target: Target, environment: Readonly<Record<string, string>>): boolean =>
  splitFlags(environment[variableOf(target)] ?? '').length > 0;
