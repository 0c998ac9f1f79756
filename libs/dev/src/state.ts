/** What the shim says about the program. */
export interface ShimState {
  /** The number of the request that it has followed. */
  readonly start: number;
  readonly kind: 'running' | 'ended' | 'killed';
  /** The program's process in its namespace, its exit status, or the number of the signal. */
  readonly detail: number;
}

/** Parses the file `state` of the shim; undefined before its first start. */
export function parseState(text: string): ShimState | undefined {
  const [, start, kind, detail] = /^(\d+) (running|ended|killed) (\d+) *\n/.exec(text) ?? [];
  if (start === undefined) return undefined;
  return { start: Number(start), kind: kind as ShimState['kind'], detail: Number(detail) };
}
