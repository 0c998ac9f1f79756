import { parentPort } from 'node:worker_threads';
import { answer, type Question } from '@prism-build/builder';
import { warmCompressor } from '@prism-build/oci';

/** The worker thread of `packing.ts`: one message for each job, one for its result. */
parentPort?.on('message', async (question: Question) => {
  parentPort?.postMessage(await answer(question));
});
void warmCompressor();
