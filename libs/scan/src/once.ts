/** Runs work, unless work of the same key is running: then its result is the result. */
export type Once = <T>(key: string, work: () => Promise<T>) => Promise<T>;

/** Runs work when it is its turn: a limited number at a time. */
export type InTurn = <T>(work: () => Promise<T>) => Promise<T>;

/** A `Once` for one kind of work; the keys determine the type of the result. */
export function makeOnce(): Once {
  const running = new Map<string, Promise<unknown>>();
  return <T>(key: string, work: () => Promise<T>) => {
    const present = running.get(key) as Promise<T> | undefined;
    if (present) return present;
    const started = work().finally(() => running.delete(key));
    running.set(key, started);
    return started;
  };
}

/** Work of a process takes turns, at most `limit` at a time. */
export function makeInTurn(limit: number): InTurn {
  const waiting: (() => void)[] = [];
  let free = limit;
  return async (work) => {
    if (free > 0) free--;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else free++;
    }
  };
}
