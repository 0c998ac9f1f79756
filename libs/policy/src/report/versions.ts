/** Compares numbers by value and everything else as text: enough to choose the version to show. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [a, b].map((one) => one.replace(/^v/, '').split(/[.+~:-]/)) as [string[], string[]];
  for (const [index, part] of left.entries()) {
    const other = right[index] ?? '0';
    const difference = Number(part) - Number(other);
    if (difference) return difference;
    if (Number.isNaN(difference) && part !== other) return part < other ? -1 : 1;
  }
  return left.length - right.length;
}

/** Of the versions that an advisory lists (`1.21.9, 1.22.2`), the lowest above the installed one. */
export function nearestFix(fixed: string | undefined, installed: string): string | undefined {
  const listed = fixed?.split(/,\s*/).sort(compareVersions) ?? [];
  return listed.find((one) => compareVersions(one, installed) > 0) ?? listed.at(-1);
}
