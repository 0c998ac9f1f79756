/** Units of budgets, in the base unit of what they measure. */
const units = {
  bytes: { B: 1, kB: 1e3, MB: 1e6, GB: 1e9, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30 },
  ms: { us: 1e-3, ms: 1, s: 1e3 },
  ratio: { x: 1 },
  percent: { '%': 1 },
} as const;

export type Unit = keyof typeof units;

export interface Quantity {
  readonly value: number;
  readonly unit: Unit;
}

/**
 * Parses a quantity such as `10 MB`, `1.5 s`, `3 x` or `5 %`: a positive decimal number, at most one space, and a unit in the
 * exact case of SI and IEC, because `mb` could be megabits. Returns the reason if the text is none.
 */
export function parseQuantity(text: string, allowed: readonly Unit[]): Quantity | { readonly why: string } {
  const known = allowed.flatMap((unit) => Object.keys(units[unit]));
  const examples = `a number and one of ${known.join(', ')}`;
  const [, digits, name = ''] = /^(\d{1,12}(?:\.\d{1,6})?) ?([A-Za-z%]*)$/.exec(text) ?? [];
  if (digits === undefined) return { why: `${JSON.stringify(text)} is not ${examples}` };
  for (const unit of allowed) {
    const factor = (units[unit] as Readonly<Record<string, number>>)[name];
    if (factor === undefined || !Object.hasOwn(units[unit], name)) continue;
    const value = Number(digits) * factor;
    return value > 0 ? { value, unit } : { why: `${JSON.stringify(text)} is not more than 0` };
  }
  if (name === '') return { why: `${JSON.stringify(text)} has no unit; it needs one of ${known.join(', ')}` };
  const meant = known.find((one) => one.toLowerCase() === name.toLowerCase());
  const hint = meant === undefined ? `it is none of ${known.join(', ')}` : `did you mean ${meant}?`;
  return { why: `${JSON.stringify(text)} has the unit ${name}; ${hint}` };
}

/** A number of a unit for people, with three digits that count. */
export function printQuantity(value: number, unit: Unit): string {
  if (unit === 'percent') return `${trim(value)} %`;
  if (unit === 'ratio') return `${trim(value)} x`;
  if (unit === 'ms') return value >= 1000 ? `${trim(value / 1000)} s` : `${trim(value)} ms`;
  const size = Math.abs(value);
  const [factor, name] =
    size >= 1e9 ? [1e9, 'GB'] : size >= 1e6 ? [1e6, 'MB'] : size >= 1e3 ? [1e3, 'kB'] : [1, 'B'];
  return `${trim(value / factor)} ${name}`;
}

function trim(value: number): string {
  return String(Number(value.toFixed(Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2)));
}
