import { below, upwards } from '../closure';
import { listOf, parseToml, type Table, tableOf, textOf } from '../toml';

export interface Configuration {
  readonly path: string;
  readonly table: Table;
}

/**
 * The configuration files of cargo from a directory upwards, outermost first: later ones win. Cargo prefers `config`
 * to `config.toml` in the same directory. A file that is not TOML has no settings here; cargo reports it.
 */
export function readConfigurations(
  working: string,
  text: (path: string) => string | undefined,
): readonly Configuration[] {
  const found = upwards(working).flatMap((directory): Configuration[] => {
    for (const name of ['config', 'config.toml']) {
      const path = below(below(directory, '.cargo'), name);
      const content = text(path);
      if (content !== undefined) return [{ path, table: parseToml(content) ?? {} }];
    }
    return [];
  });
  return found.reverse();
}

/** Merges a list of flags as cargo does: lists of all files are concatenated; a string replaces everything before it. */
export function mergeFlags(values: readonly unknown[]): readonly string[] {
  const last = values.findLastIndex((value) => typeof value === 'string');
  const text = textOf(values[last]);
  const lists = values.slice(last + 1).flatMap((value) => listOf(value).flatMap((one) => textOf(one) ?? []));
  return [...(text === undefined ? [] : splitFlags(text)), ...lists];
}

export function splitFlags(text: string): string[] {
  return text.split(/\s+/).filter(Boolean);
}

/** The tables of `[target.…]` by their key, of one file. */
export function targetTables({ table }: Configuration): ReadonlyMap<string, Table> {
  return new Map(Object.entries(tableOf(table.target)).map(([key, value]) => [key, tableOf(value)]));
}

/** Whether a file sets flags for some targets only. */
export function setsTargetFlags(configuration: Configuration): boolean {
  return [...targetTables(configuration).values()].some(({ rustflags }) => rustflags !== undefined);
}
