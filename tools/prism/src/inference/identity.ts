import { join, relative } from 'node:path';
import { readTextIfThere } from '@prism-build/shell';
import { executorIdentity } from '@prism-build/workspace';

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

/** What an executor loads, as `loaded.cjs` found it when the plugin was compiled. */
interface Loaded {
  readonly filesets: readonly string[];
  readonly packages: readonly string[];
}

/** Sources that were not compiled have no list: all of them count. */
const everything: Loaded = { filesets: ['tools/prism/src/**/*', 'libs/*/src/**/*'], packages: [] };

/**
 * Where the plugin is built: the files and packages that its executors load, so that an edit of one misses and an edit
 * of a test does not. Where it is installed, or linked from elsewhere: the digest of its executors. Its package would
 * not do: Nx knows one under an alias by another name with every package manager, and ends where it knows none.
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
