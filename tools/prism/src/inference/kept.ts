import { join } from 'node:path';
import { executorIdentity } from '../workspace/identity';
import { keepFacts } from '../workspace/stage/facts';
import { type Files, openFiles } from '../workspace/stage/files';

/** The files of a workspace, and what earlier runs said of them; nothing is read before somebody asks. */
export function openKept(root: string): { readonly files: Files; readonly save: () => void } {
  const kept = keepFacts(() => join(dataDirectory(), 'prism-sources.json'), executorIdentity);
  return { files: openFiles(root, kept), save: kept.save };
}

/** Where Nx keeps what it knows of the workspace; Nx has loaded that module long before us. */
function dataDirectory(): string {
  return (require('nx/src/utils/cache-directory') as { workspaceDataDirectory: string })
    .workspaceDataDirectory;
}
