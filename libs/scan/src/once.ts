/** Runs work, unless work of the same key is running: then its result is the result. */
export type Once = <T>(key: string, work: () => Promise<T>) => Promise<T>;

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
