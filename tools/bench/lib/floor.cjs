// Prints the file system's share of an inference in a fresh process, as JSON: milliseconds to stat once every path in
// the plugin's memory (as a warm inference does), and to read or list each as well (as a first inference does).
// Arguments: workspace, and the file of the plugin's memory.
'use strict';
const fs = require('node:fs');

const [root, memory] = process.argv.slice(2);
// Relative to the workspace, as in inference: the system then resolves only half of each path.
process.chdir(root);
// The text after a zero byte names the property of the path that was read.
const remembered = JSON.parse(fs.readFileSync(memory, 'utf8')).paths.map((one) => one.split('\0'));
const paths = remembered.map(([name]) => `./${name}`);
const isRead = remembered.map(([, part]) => part === undefined);
const clock = (work) => {
  const start = performance.now();
  paths.forEach(work);
  return performance.now() - start;
};
const look = clock((name) => fs.lstatSync(name, { throwIfNoEntry: false }));
const read = clock((name, index) => {
  const stat = fs.lstatSync(name, { throwIfNoEntry: false });
  if (!stat || !isRead[index]) return;
  if (stat.isDirectory()) fs.readdirSync(name, { withFileTypes: true });
  else if (stat.isFile()) fs.readFileSync(name, 'utf8');
});
console.log(JSON.stringify({ look, read, paths: paths.length }));
