import type { Files } from '../shared/files';

/** The files of a plugin, and those of the workspace that name it, as they shall be. */
export interface RenderedPlugin {
  readonly files: Files;
  readonly edits: Files;
}
