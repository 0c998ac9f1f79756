// Prints what the file system alone takes for an inference in a fresh process, as JSON: milliseconds to look once at every
// path that the plugin remembers (a remembered inference does that), and to read or list each as well (a first one does).
// Arguments: workspace, and the plugin's memory of it.
'use strict';
const fs = require('node:fs');

const [root, memory] = process.argv.slice(2);
// From there, as inference does: the system walks half of each path.
process.chdir(root);
// What stands behind a zero byte says what of a path counted.
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
