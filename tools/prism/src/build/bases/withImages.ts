import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Images, openImages } from '@prism-build/assemble';
import type { Result } from '@prism-build/errors';
import type { ContentStore } from '@prism-build/oci';
import type { StepInput } from '../compileStep';
import { fetchLayers } from './fetchLayers';

/** Runs `work` with the file trees of bases; what it took out of their layers is removed afterwards. */
export async function withImages<T>(
  input: StepInput,
  store: ContentStore,
  work: (images: Images) => Promise<Result<T>>,
): Promise<Result<T>> {
  const { prism } = input.directories;
  const scratch = join(prism, 'scratch', `${process.pid}-${randomBytes(4).toString('hex')}`);
  try {
    return await work(
      openImages({
        store,
        lists: join(prism, 'layers'),
        scratch,
        fetch: (layer) => fetchLayers(input, store, [layer]),
      }),
    );
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
