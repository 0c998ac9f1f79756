import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { contentSize, hashFile, putLayer, warmCompressor } from '@prism-build/oci';
import { answer, type Question } from './jobs';

type Core = (question: Question) => Promise<unknown>;

const entry = join(__dirname, 'pack.js');
/** Bytes below which asking another thread costs more than it saves. */
const worthAsking = 512 * 1024;

/** This thread is the first. */
const free: Core[] = [answer];
const waiting: ((core: Core) => void)[] = [];
let threads = 0;

/** Starts what packing so many layers at once will need: while a compiler runs there is time for it. */
export function preparePackers(layers: number): void {
  if (threads === 0) void warmCompressor();
  while (threads < layers - 1 && mayStart()) startThread();
}

/** `putLayer`, on all cores. */
export const packLayer: typeof putLayer = async (...given) => {
  const size = given[1].reduce((sum, one) => sum + (one.type === 'file' ? contentSize(one.content) : 0), 0);
  if (size < worthAsking) return putLayer(...given);
  if (free.length === 0 && mayStart()) startThread();
  return (await askCore(['putLayer', given])) as Awaited<ReturnType<typeof putLayer>>;
};

/** `hashFile`, on those cores that packing has, or will need in a moment. */
export async function hashOnCores(path: string, size: number): Promise<ReturnType<typeof hashFile>> {
  if (size < worthAsking) return hashFile(path);
  return (await askCore(['hashFile', [path]])) as ReturnType<typeof hashFile>;
}

async function askCore(question: Question): Promise<unknown> {
  const core = free.pop() ?? (await new Promise<Core>((resolve) => waiting.push(resolve)));
  try {
    return await core(question);
  } finally {
    const next = waiting.shift();
    if (next) next(core);
    else free.push(core);
  }
}

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
  free.push(async (question) => {
    worker.ref();
    // A thread that broke down takes no work with it: this one does it, and finds out what is wrong.
    const answered = broken ? undefined : await ask(worker, question);
    worker.unref();
    return answered ?? answer(question);
  });
}

/** Undefined from a thread that ended before it answered. */
function ask(worker: Worker, question: Question): Promise<unknown> {
  return new Promise((resolve) => {
    const settle = (answered?: unknown): void => {
      worker.off('message', settle).off('exit', ended);
      resolve(answered);
    };
    const ended = (): void => settle();
    worker.on('message', settle).on('exit', ended);
    worker.postMessage(question);
  });
}
