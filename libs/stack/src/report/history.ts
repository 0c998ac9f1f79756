import type { Deployment, History } from '../lifecycle/history';

const header = ['', 'state', 'since', 'by', 'images', 'cause'];

/** The last deployments of a stack, the latest first, one line each. */
export function printHistory(stack: string, history: History, last: number): string {
  if (history.length === 0) return `  ${stack} was never deployed\n`;
  const rows = history.slice(-last).reverse().map(toRow);
  const all = [header, ...rows];
  const widths = header.map((_, column) => Math.max(...all.map((row) => row[column]!.length)));
  return all
    .map(
      (row) =>
        `  ${row
          .map((cell, at) => cell.padEnd(widths[at]!))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}

function toRow({ number, state, failedIn, since, actor, images, cause }: Deployment): string[] {
  return [
    String(number),
    failedIn === undefined ? state : `${state} in ${failedIn}`,
    since.replace(/\.\d+Z$/, 'Z'),
    actor,
    images.map(shorten).join(' '),
    cause.length > 80 ? `${cause.slice(0, 79)}…` : cause,
  ];
}

function shorten(image: string): string {
  return image.replace(/=sha256:([0-9a-f]{12})[0-9a-f]*$/, '=$1');
}

/** The same as JSON, with everything. */
export function encodeHistory(stack: string, history: History, last: number): string {
  const deployments = history.slice(-last).reverse();
  return `${JSON.stringify({ version: 1, stack, deployments: deployments.map(({ healthyAt, ...one }) => ({ ...one, wasHealthy: healthyAt !== undefined })) }, null, 2)}\n`;
}
