import { relative } from 'node:path';
import { executorIdentity } from '@prism-build/workspace';

/** npm packages whose version can change the bytes of an image. Everything else may be bumped freely. */
const packagesThatMatter = ['@bokuweb/zstd-wasm', 'fflate', 'unbzip2-stream', 'xz-decompress'];

/** Libraries of this repository that the build executor loads. */
const libraries = [
  'assemble',
  'builder',
  'containerfile',
  'engine',
  'errors',
  'languages',
  'oci',
  'plan',
  'registry',
  'rootfs',
  'shell',
  'workspace',
];

/** The plugin's own part in every key. */
export interface Identity {
  readonly inputs: readonly (string | Record<string, unknown>)[];
  readonly options: Readonly<Record<string, string>>;
}

/**
 * Which version of the plugin is installed, as files say it: `affected` of Nx 24 compares files and sees no option. That
 * of Nx 23 selects everything when the version of a plugin changes in package.json.
 */
const installedVersion = {
  json: '{workspaceRoot}/package.json',
  fields: ['dependencies.prism', 'devDependencies.prism'],
};

/**
 * Where the plugin is built: the files that its executors load, so that an edit of an executor misses and an edit
 * of a test does not. Where it is installed, or linked from elsewhere: the digest of its executors. Its package would
 * not do: Nx knows one under an alias by another name with every package manager, and ends where it knows none.
 */
export function pluginIdentity(moduleDirectory: string, workspaceRoot: string): Identity {
  const inside = relative(workspaceRoot, moduleDirectory);
  if (inside.startsWith('..') || inside.split('/').includes('node_modules'))
    return {
      inputs: [{ externalDependencies: [] }, installedVersion],
      options: { plugin: executorIdentity().slice(0, 16) },
    };
  const inputs = [
    '{workspaceRoot}/tools/prism/src/executors/build/**/*',
    '{workspaceRoot}/tools/prism/src/cacheable/**/*',
    '{workspaceRoot}/tools/prism/src/nx/**/*',
    ...libraries.map((name) => `{workspaceRoot}/libs/${name}/src/**/*`),
    { externalDependencies: packagesThatMatter },
  ];
  return { inputs, options: {} };
}
