/** Where Nx keeps what it knows of a workspace; Nx has loaded that module long before us. */
export function dataDirectory(root: string): string {
  return (
    require('nx/src/utils/cache-directory') as {
      workspaceDataDirectoryForWorkspace: (root: string) => string;
    }
  ).workspaceDataDirectoryForWorkspace(root);
}
