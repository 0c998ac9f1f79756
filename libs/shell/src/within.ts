/** Ends the question; later calls have no effect. Undefined is a good answer. */
export type End = (why: string | undefined) => void;

/** Asks once. `begin` starts the question and returns a function that stops it. After `timeout` milliseconds, the result is a message. */
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
