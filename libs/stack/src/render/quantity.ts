const units: Readonly<Record<string, number>> = {
  '': 1,
  m: 1e-3,
  ...{ k: 1e3, K: 1e3, M: 1e6, G: 1e9, T: 1e12 },
  ...{ ki: 2 ** 10, Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40 },
};

/** A quantity of Kubernetes as a number: bytes of memory, or cores. The schema has checked its form. */
export function readQuantity(quantity: string | number): number {
  const [, digits = '', unit = ''] = /^([\d.]+)(.*)$/.exec(String(quantity)) ?? [];
  return Number(digits) * (units[unit] ?? 1);
}
