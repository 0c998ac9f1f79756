/** Ends the question; later calls have no effect. Undefined is a good answer. */
export type End = (why: string | undefined) => void;

/** Asks once: `begin` starts, and returns what stops it. Without an answer in so many milliseconds, the result says so. */
export function within(timeout: number, begin: (end: End) => () => void): Promise<string | undefined> {
  return new Promise((resolve) => {
    const end: End = (why) => {
      clearTimeout(timer);
      resolve(why);
      stop();
    };
    const timer = setTimeout(() => end(`no answer within ${timeout} ms`), timeout);
    let stop = () => {};
    stop = begin(end);
  });
}
