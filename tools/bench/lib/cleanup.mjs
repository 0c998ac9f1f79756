const work = [];
let running;

/** Remembers what must be undone when the benchmarks end, however they end. */
export function onEnd(undo) {
  work.push(undo);
}

/** Undoes in reverse order, once; one failure does not keep the rest from being tried. */
export function cleanUp() {
  // A signal and the failure that it causes both come here: the second must wait for the first.
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
