import { parentPort } from 'node:worker_threads';
import { warmCompressor } from '@prism-build/oci';
import { answer, type Question } from './jobs';

/** The thread that works for `packing.ts`: one question, one answer. */
parentPort?.on('message', async (question: Question) => {
  parentPort?.postMessage(await answer(question));
});
void warmCompressor();
