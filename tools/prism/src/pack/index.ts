import { parentPort } from 'node:worker_threads';
import { answer, type Question } from '@prism-build/builder';
import { warmCompressor } from '@prism-build/oci';

/** The thread that works for `packing.ts`: one question, one answer. */
parentPort?.on('message', async (question: Question) => {
  parentPort?.postMessage(await answer(question));
});
void warmCompressor();
