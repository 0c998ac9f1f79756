/** Nx's workspace data directory; Nx has already loaded that module. */
export function dataDirectory(root: string): string {
  return (
    require('nx/src/utils/cache-directory') as {
      workspaceDataDirectoryForWorkspace: (root: string) => string;
    }
  ).workspaceDataDirectoryForWorkspace(root);
}
