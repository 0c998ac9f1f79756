import { printQuantity } from '../budgets/quantity';
import type { Change } from '../compare/compareParts';

/** `+1.9 MB go google.golang.org/grpc/xds v1.79.0 -> v1.80.0`. */
export function printChange({ kind, name, before, after, versions }: Change): string {
  const difference = after - before;
  const sign = difference < 0 ? '' : '+';
  const state = before === 0 ? ' (new)' : after === 0 ? ' (gone)' : '';
  const what = kind === 'path' ? name : `${kind} ${name}`;
  return `${sign}${printQuantity(difference, 'bytes')} ${what}${printVersions(versions, before, after)}${state}`;
}

function printVersions(versions: Change['versions'], before: number, after: number): string {
  if (!versions) return '';
  const [a, b] = versions;
  if (before === 0 || after === 0) return a === undefined && b === undefined ? '' : ` ${b ?? a}`;
  return ` ${a ?? 'unknown'} -> ${b ?? 'unknown'}`;
}
