import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { contentSize, hashFile, putLayer, warmCompressor } from '@prism-build/oci';
import { answer, type Question } from './jobs';

type Core = (question: Question) => Promise<unknown>;

const entry = join(__dirname, 'pack.js');
/** Smaller files, in bytes, are processed here: sending them to a thread costs more than it saves. */
const worthAsking = 512 * 1024;

/** Idle threads. The first is this one. */
const free: Core[] = [answer];
const waiting: ((core: Core) => void)[] = [];
let threads = 0;

/** Starts threads for packing this many layers at once. Called while a compiler runs, to hide the start-up time. */
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

/** `hashFile`, on the threads that were started for packing. */
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
  // An idle thread must not keep the process alive.
  worker.unref();
  threads += 1;
  free.push(async (question) => {
    worker.ref();
    // If a thread failed, this one does the job, and reports the error if it occurs again.
    const answered = broken ? undefined : await ask(worker, question);
    worker.unref();
    return answered ?? answer(question);
  });
}

/** The thread's result; undefined if the thread ended first. */
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
