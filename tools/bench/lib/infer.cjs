// Prints what inference takes in a fresh process, as JSON: milliseconds to load the plugin, and to call createNodes with
// all files. Arguments: workspace, plugin, and a file to write the nodes to, if any.
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
// Nx has it by then, and knows the workspace's directory of data: it asks git.
require('nx/src/utils/cache-directory').workspaceDataDirectoryForWorkspace(root);
const [load, [glob, createNodes]] = clock(() => require(path.join(plugin, 'load.cjs')).createNodes);
const files = globSync(glob, { cwd: root, ignore: ['**/node_modules/**', 'dist/**'] });
const context = { workspaceRoot: root, nxJsonConfiguration: {} };
const start = performance.now();
// A promise, where some file has a time that somebody set.
Promise.resolve(createNodes(files, undefined, context)).then((nodes) => {
  const infer = performance.now() - start;
  if (place) fs.writeFileSync(place, JSON.stringify([glob, nodes]));
  console.log(JSON.stringify({ load, infer, projects: nodes.length }));
});
