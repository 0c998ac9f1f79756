import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

let collect: (() => void) | undefined;

/**
 * Runs V8's garbage collector after a step that used much memory. On its own, V8 waits until the garbage is as large as
 * the memory in use (measured with 100,000 files: 64 MB in use, 250 MB held). Takes about 50 ms with such a heap.
 */
export function collectGarbage(): void {
  if (collect === undefined) {
    setFlagsFromString('--expose-gc');
    collect = runInNewContext('gc') as () => void;
    setFlagsFromString('--no-expose-gc');
  }
  collect();
}
