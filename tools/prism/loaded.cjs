// Lists what esbuild read for some entries: the plugin sources that affect their results.
'use strict';
const path = require('node:path');

/**
 * The sources that entries load, as Nx patterns relative to the workspace, and the npm packages that these import.
 * Dependencies of those packages are left out, because Nx hashes a package together with its dependencies.
 *
 * @param metafile esbuild's, with paths relative to the repository
 * @param names names of entries
 * @param external packages that are not bundled; Nx itself does not count
 */
function describeLoaded(metafile, names, external) {
  const loaded = names.flatMap((name) => [...listLoaded(metafile, entryOf(metafile, name))]);
  const files = [...new Set(loaded.filter((file) => !packageOf(file)))].sort();
  const imported = files.flatMap((file) => metafile.inputs[file].imports.map(({ path: name }) => name));
  const unbundled = external.filter((name) => !/^@?nx\b/.test(name) && imported.includes(name));
  const packages = [...new Set([...imported.flatMap((name) => packageOf(name) ?? []), ...unbundled])].sort();
  return { filesets: toFilesets(files), packages };
}

function entryOf({ outputs }, name) {
  const [, output] = Object.entries(outputs).find(([file]) => path.basename(file) === `${name}.js`);
  return output.entryPoint;
}

/** All imports of an entry, including files that esbuild then drops: a re-exporting file decides which files are used. */
function listLoaded({ inputs }, entry, found = new Set()) {
  if (found.has(entry)) return found;
  found.add(entry);
  for (const one of inputs[entry].imports) if (!one.external) listLoaded({ inputs }, one.path, found);
  return found;
}

function packageOf(file) {
  return /.*(?:^|\/)node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1];
}

/** One pattern for each directory, listing its files: other files in it are not loaded. */
function toFilesets(files) {
  const directories = [...new Set(files.map((file) => path.posix.dirname(file)))];
  return directories.map((directory) => {
    const names = files
      .filter((file) => path.posix.dirname(file) === directory)
      .map((file) => path.posix.basename(file));
    return `${directory}/${names.length === 1 ? names[0] : `{${names.join(',')}}`}`;
  });
}

module.exports = { describeLoaded };
