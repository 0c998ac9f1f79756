/** Aborts at the first signal to stop, so that what was started is removed before this process ends. */
export function listenForStop() {
  const stopped = new AbortController();
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  const stop = () => stopped.abort();
  for (const signal of signals) process.on(signal, stop);
  return {
    signal: stopped.signal,
    end: () => {
      for (const signal of signals) process.off(signal, stop);
    },
  };
}
