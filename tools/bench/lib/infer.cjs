// Prints what inference takes in a fresh process, as JSON: milliseconds to load the plugin, and to call createNodes
// with all files, first and again. Arguments: workspace, plugin.
'use strict';
const { globSync } = require('fast-glob');
const path = require('node:path');

const [root, plugin] = process.argv.slice(2);
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
const infer = () => createNodes(files, undefined, context);
const [first, projects] = clock(infer);
const [again] = clock(infer);
console.log(JSON.stringify({ load, first, again, projects: projects.length }));
