/** Equal values once, in order; for plain data. */
export function distinct<T>(values: readonly T[], keyOf: (value: T) => string = JSON.stringify): T[] {
  const first = new Map<string, T>();
  for (const value of values) {
    const key = keyOf(value);
    if (!first.has(key)) first.set(key, value);
  }
  return [...first.values()];
}
