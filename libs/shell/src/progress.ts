/** Milliseconds until the first report of a long task, and between later reports. */
const patience = 5_000;
const pause = 60_000;

/**
 * Runs a task, and reports on standard error if it takes long: after five seconds, then every minute.
 */
export async function sayIfLong<T>(what: string, work: () => Promise<T>): Promise<T> {
  const begin = Date.now();
  const say = () => {
    process.stderr.write(`${what} (${Math.round((Date.now() - begin) / 1000)} s)\n`);
    timer = setTimeout(say, pause);
  };
  let timer = setTimeout(say, patience);
  try {
    return await work();
  } finally {
    clearTimeout(timer);
  }
}
