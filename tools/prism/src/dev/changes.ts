/** What the loop waits for. */
type Next =
  | { readonly kind: 'changed'; readonly paths: readonly string[] }
  | { readonly kind: 'idle' }
  | { readonly kind: 'over' };

/** Changes that came while an update was made are the next update. */
export interface ChangeQueue {
  readonly add: (paths: readonly string[]) => void;
  /** The changes since the last call; `idle` after so many milliseconds without one, if it is not 0. */
  readonly next: (over: AbortSignal, idle: number) => Promise<Next>;
}

export function openChanges(): ChangeQueue {
  const waiting = new Set<string>();
  let wake: () => void = () => {};
  return {
    add: (paths) => {
      for (const path of paths) waiting.add(path);
      wake();
    },
    next: async (over, idle) => {
      let timer: NodeJS.Timeout | undefined;
      let isIdle = false;
      while (waiting.size === 0 && !over.aborted && !isIdle) {
        await new Promise<void>((resolve) => {
          wake = resolve;
          over.addEventListener('abort', wake, { once: true });
          if (idle > 0)
            timer = setTimeout(() => {
              isIdle = true;
              resolve();
            }, idle);
        });
        over.removeEventListener('abort', wake);
        clearTimeout(timer);
      }
      if (over.aborted) return { kind: 'over' };
      if (waiting.size === 0) return { kind: 'idle' };
      const paths = [...waiting];
      waiting.clear();
      return { kind: 'changed', paths };
    },
  };
}
