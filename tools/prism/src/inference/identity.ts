import { dirname, join } from 'node:path';

/** npm packages whose version can change the bytes of an image. Everything else may be bumped freely. */
const packagesThatMatter = ['@bokuweb/zstd-wasm', 'fflate', 'tar-stream'];

/** Libraries of this repository that the build executor loads. */
const libraries = ['assemble', 'containerfile', 'errors', 'languages', 'oci', 'plan', 'shell'];

/**
 * The plugin's own part in a key: its version where it is installed, the files that its executors load where it
 * is built. An edit of an executor misses; an edit of a test or of another tool does not.
 */
export function pluginIdentity(moduleDirectory: string): (string | Record<string, unknown>)[] {
  if (dirname(join(moduleDirectory, 'x')).split('/').includes('node_modules'))
    return [{ externalDependencies: ['prism'] }];
  return [
    '{workspaceRoot}/tools/prism/src/build/**/*',
    '{workspaceRoot}/tools/prism/src/workspace/**/*',
    ...libraries.map((name) => `{workspaceRoot}/libs/${name}/src/**/*`),
    { externalDependencies: packagesThatMatter },
  ];
}
