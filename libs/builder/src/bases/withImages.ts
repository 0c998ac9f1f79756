import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type Images, openImages } from '@prism-build/assemble';
import type { Result } from '@prism-build/errors';
import type { ContentStore } from '@prism-build/oci';
import type { StepInput } from '../step';
import { fetchLayers } from './fetchLayers';

/** Runs `work` with the file trees of bases. Removes the files that were extracted from their layers afterwards. */
export async function withImages<T>(
  input: StepInput,
  store: ContentStore,
  work: (images: Images) => Promise<Result<T>>,
): Promise<Result<T>> {
  const { prism } = input.directories;
  const scratch = join(prism, 'scratch', `${process.pid}-${randomBytes(4).toString('hex')}`);
  sweep(join(prism, 'scratch'));
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

/** Removes what killed runs left: directories older than a day, which is longer than any run. */
function sweep(directory: string): void {
  const old = Date.now() - 24 * 3600 * 1000;
  for (const name of existsSync(directory) ? readdirSync(directory) : []) {
    const path = join(directory, name);
    const { mtimeMs } = statSync(path, { throwIfNoEntry: false }) ?? { mtimeMs: Date.now() };
    if (mtimeMs < old) rmSync(path, { recursive: true, force: true });
  }
}
