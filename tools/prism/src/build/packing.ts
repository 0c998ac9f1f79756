import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { contentSize, putLayer, warmCompressor } from '@prism-build/oci';

type Packer = typeof putLayer;
type Question = Parameters<Packer>;
type Answer = Awaited<ReturnType<Packer>>;

const entry = join(__dirname, 'pack.js');
/** Bytes below which asking another thread costs more than it saves. */
const worthAsking = 512 * 1024;

/** This thread is the first packer. */
const free: Packer[] = [putLayer];
const waiting: ((packer: Packer) => void)[] = [];
let threads = 0;

/** Starts what packing so many layers at once will need: while a compiler runs there is time for it. */
export function preparePackers(layers: number): void {
  if (threads === 0) void warmCompressor();
  while (threads < layers - 1 && mayStart()) startThread();
}

/** `putLayer`, on all cores. */
export const packLayer: Packer = async (store, tree, options) => {
  const size = tree.reduce((sum, one) => sum + (one.type === 'file' ? contentSize(one.content) : 0), 0);
  if (size < worthAsking) return putLayer(store, tree, options);
  if (free.length === 0 && mayStart()) startThread();
  const packer = free.pop() ?? (await new Promise<Packer>((resolve) => waiting.push(resolve)));
  try {
    return await packer(store, tree, options);
  } finally {
    const next = waiting.shift();
    if (next) next(packer);
    else free.push(packer);
  }
};

const mayStart = () => threads < availableParallelism() - 1 && existsSync(entry);

function startThread(): void {
  const worker = new Worker(entry);
  let broken = false;
  worker.on('error', () => {
    broken = true;
  });
  worker.on('exit', () => {
    broken = true;
  });
  // An idle thread keeps no process alive.
  worker.unref();
  threads += 1;
  free.push(async (...question) => {
    worker.ref();
    // A thread that broke down takes no layer with it.
    const answer = broken ? undefined : await ask(worker, question);
    worker.unref();
    return answer ?? putLayer(...question);
  });
}

/** Undefined from a thread that ended before it answered. */
function ask(worker: Worker, question: Question): Promise<Answer | undefined> {
  return new Promise((resolve) => {
    const settle = (answer?: Answer): void => {
      worker.off('message', settle).off('exit', ended);
      resolve(answer);
    };
    const ended = (): void => settle();
    worker.on('message', settle).on('exit', ended);
    worker.postMessage(question);
  });
}
