import { parentPort } from 'node:worker_threads';
import { putLayer, warmCompressor } from '@prism-build/oci';

/** The thread that packs layers for `packing.ts`: one question, one answer. */
parentPort?.on('message', async (question: Parameters<typeof putLayer>) => {
  parentPort?.postMessage(await putLayer(...question));
});
void warmCompressor();
