import { basename, relative } from 'node:path';

/** npm packages whose version can change the bytes of an image. Everything else may be bumped freely. */
const packagesThatMatter = ['@bokuweb/zstd-wasm', 'fflate', 'tar-stream', 'xz-decompress'];

/** Libraries of this repository that the build executor loads. */
const libraries = [
  'assemble',
  'containerfile',
  'engine',
  'errors',
  'languages',
  'oci',
  'plan',
  'registry',
  'rootfs',
  'shell',
];

/** The plugin's own part in every key. */
export interface Identity {
  readonly inputs: readonly (string | Record<string, unknown>)[];
  readonly options: Readonly<Record<string, string>>;
}

/**
 * Where the plugin is built: the files that its executors load, so that an edit of an executor misses and an edit
 * of a test does not. Where it is installed: its package. Where it is linked from elsewhere: the name of its
 * compiled state.
 */
export function pluginIdentity(moduleDirectory: string, workspaceRoot: string): Identity {
  const inside = relative(workspaceRoot, moduleDirectory);
  if (inside.split('/').includes('node_modules'))
    return { inputs: [{ externalDependencies: ['prism'] }], options: {} };
  if (inside.startsWith('..')) {
    return { inputs: [{ externalDependencies: [] }], options: { plugin: basename(moduleDirectory) } };
  }
  const inputs = [
    '{workspaceRoot}/tools/prism/src/build/**/*',
    '{workspaceRoot}/tools/prism/src/workspace/**/*',
    ...libraries.map((name) => `{workspaceRoot}/libs/${name}/src/**/*`),
    { externalDependencies: packagesThatMatter },
  ];
  return { inputs, options: {} };
}
