/** Milliseconds until a work counts as long, and between two times that it is said. */
const patience = 5_000;
const pause = 60_000;

/**
 * Does a work, and says on standard error what takes long and for how many seconds: after five of them, then each
 * minute. What is quick says nothing.
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
