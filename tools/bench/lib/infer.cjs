// Prints the duration of an inference in a fresh process, as JSON: milliseconds to load the plugin, and to call
// createNodes with all files. Arguments: workspace, plugin, and optionally a file for the nodes.
'use strict';
const { globSync } = require('fast-glob');
const fs = require('node:fs');
const path = require('node:path');

const [root, plugin, place] = process.argv.slice(2);
const clock = (work) => {
  const start = performance.now();
  const result = work();
  return [performance.now() - start, result];
};
// In a real run, Nx has loaded this and knows the workspace's data directory, for which it calls git.
require('nx/src/utils/cache-directory').workspaceDataDirectoryForWorkspace(root);
const [load, [glob, createNodes]] = clock(() => require(path.join(plugin, 'load.cjs')).createNodes);
const files = globSync(glob, { cwd: root, ignore: ['**/node_modules/**', 'dist/**'] });
const context = { workspaceRoot: root, nxJsonConfiguration: {} };
const start = performance.now();
// A promise if inference found a file whose time was set.
Promise.resolve(createNodes(files, undefined, context)).then((nodes) => {
  const infer = performance.now() - start;
  if (place) fs.writeFileSync(place, JSON.stringify([glob, nodes]));
  console.log(JSON.stringify({ load, infer, projects: nodes.length }));
});
