import type { Files } from '../shared/files';

/** The new contents of a plugin's files, and of workspace files that name it. */
export interface RenderedPlugin {
  readonly files: Files;
  readonly edits: Files;
}
