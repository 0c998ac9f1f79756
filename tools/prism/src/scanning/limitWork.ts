/** Runs work, at most `limit` at a time; the rest waits in order. */
export type LimitWork = <T>(work: () => Promise<T>) => Promise<T>;

/** A limit that tasks of one process share. */
export function limitWork(limit: number): LimitWork {
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
