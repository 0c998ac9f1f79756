const work = [];
let running;

/** Registers clean-up steps, which run when the benchmarks end, also after a failure or signal. */
export function onEnd(undo) {
  work.push(undo);
}

/** Runs the steps once, in reverse order. If one fails, the others still run. */
export function cleanUp() {
  // A signal and the failure that it causes both call this: the second call must wait for the first.
  running ??= undoAll();
  return running;
}

async function undoAll() {
  for (const undo of work.splice(0).reverse()) {
    try {
      await undo();
    } catch (error) {
      process.stderr.write(`clean-up: ${error.message}\n`);
    }
  }
}
