/** A container of a stack as `up` and `status` show it. */
interface ContainerStatus {
  readonly container: string;
  /** The name of its image; the tag has the beginning of the index digest. */
  readonly image: string;
  /** As Podman says it: `running`, `exited (1)`. */
  readonly state: string;
  readonly ready: boolean;
  /** Seconds from the start of the container. */
  readonly readyAfter: number | undefined;
  readonly restarts: number;
  /** `127.0.0.1:8980 -> 8980/tcp`, of the Services whose port the container declares. */
  readonly ports: readonly string[];
}

/** A stack as `status --json` prints it. */
export interface StackStatus {
  readonly stack: string;
  readonly up: boolean;
  readonly ready: boolean;
  readonly containers: readonly ContainerStatus[];
}

/** The status as a table, one line for each container. */
export function printStatus({ stack, up, containers }: StackStatus): string {
  if (!up) return `  ${stack} is not up\n`;
  const rows = containers.map(({ container, image, state, ready, readyAfter, restarts, ports }) => [
    container,
    image.replace(/^localhost\//, ''),
    restarts === 0 ? state : `${state}, restarted ${restarts} times`,
    ready ? (readyAfter === undefined ? 'ready' : `${readyAfter.toFixed(1)} s`) : 'not ready',
    ports.join('  '),
  ]);
  const all = [['container', 'image', 'state', 'ready after', 'ports'], ...rows];
  const widths = all[0]!.map((_, column) => Math.max(...all.map((row) => row[column]!.length)));
  return all
    .map(
      (row) =>
        `  ${row
          .map((cell, column) => cell.padEnd(widths[column]!))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}
