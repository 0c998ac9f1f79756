const work = [];

/** Remembers what must be undone when the benchmarks end, however they end. */
export function onEnd(undo) {
  work.push(undo);
}

/** Undoes in reverse order; one failure does not keep the rest from being tried. */
export async function cleanUp() {
  for (const undo of work.splice(0).reverse()) {
    try {
      await undo();
    } catch (error) {
      process.stderr.write(`clean-up: ${error.message}\n`);
    }
  }
}
