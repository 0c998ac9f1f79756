import { listOf, parseToml, tableOf, textOf } from '../toml';

/** Dependencies by package name; several locked versions of a package are merged. */
export type Lock = Readonly<Record<string, readonly string[]>>;

/** The packages of a Cargo.lock. */
export function parseLock(text: string): Lock {
  const lock: Record<string, string[]> = {};
  for (const one of listOf(parseToml(text)?.package)) {
    const { name, dependencies } = tableOf(one);
    const key = textOf(name) ?? '';
    const names = listOf(dependencies).flatMap((line) => textOf(line)?.split(' ')[0] ?? []);
    lock[key] = [...(lock[key] ?? []), ...names];
  }
  return lock;
}
