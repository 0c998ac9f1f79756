import { join, relative } from 'node:path';
import { readTextIfThere } from '@prism-build/shell';
import { executorIdentity } from '@prism-build/workspace';

/** The plugin's own part of every key. */
export interface Identity {
  readonly inputs: readonly (string | Record<string, unknown>)[];
  readonly options: Readonly<Record<string, string>>;
}

/**
 * The installed version of the plugin, as files state it: `affected` of Nx 24 compares files, not options. `affected`
 * of Nx 23 selects everything when the version of a plugin changes in package.json.
 */
const installedVersion = {
  json: '{workspaceRoot}/package.json',
  fields: ['dependencies.prism', 'devDependencies.prism'],
};

/** The files that an executor loads, as `loaded.cjs` listed them when the plugin was compiled. */
interface Loaded {
  readonly filesets: readonly string[];
  readonly packages: readonly string[];
}

/** Sources that were not compiled have no list, so all of them count. */
const everything: Loaded = { filesets: ['tools/prism/src/**/*', 'libs/*/src/**/*'], packages: [] };

/**
 * If the plugin is built here: the files and packages that its executors load, so an edit of one is a cache miss and
 * an edit of a test is not. If it is installed or linked: the digest of its executors. The npm package cannot be used
 * as an input: Nx lists a package with an alias under another name with every package manager, and fails if it does
 * not know the name.
 *
 * @param moduleDirectory the directory of the compiled entries
 */
export function pluginIdentity(moduleDirectory: string, workspaceRoot: string, executor = 'build'): Identity {
  const inside = relative(workspaceRoot, moduleDirectory);
  if (inside.startsWith('..') || inside.split('/').includes('node_modules'))
    return {
      inputs: [{ externalDependencies: [] }, installedVersion],
      options: { plugin: executorIdentity(executor).slice(0, 16) },
    };
  const { filesets, packages } = readLoaded(moduleDirectory, executor);
  const inputs = [
    ...filesets.map((fileset) => `{workspaceRoot}/${fileset}`),
    { externalDependencies: [...packages] },
  ];
  return { inputs, options: {} };
}

function readLoaded(directory: string, executor: string): Loaded {
  const text = readTextIfThere(join(directory, 'loaded.json'));
  const all = text === undefined ? {} : (JSON.parse(text) as Readonly<Record<string, Loaded>>);
  return all[executor] ?? everything;
}
