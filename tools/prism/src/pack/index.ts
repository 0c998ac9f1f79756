import { parentPort } from 'node:worker_threads';
import { warmCompressor } from '@prism-build/oci';
import { answer, type Question } from './jobs';

/** The worker thread of `packing.ts`: one message for each job, one for its result. */
parentPort?.on('message', async (question: Question) => {
  parentPort?.postMessage(await answer(question));
});
void warmCompressor();
