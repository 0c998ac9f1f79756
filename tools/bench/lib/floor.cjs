// Prints the file system's share of an inference in a fresh process, as JSON: milliseconds to stat once every place in
// the plugin's memory (as a warm inference does), and to read or list each as well (as a first inference does). Also how
// long git takes to compare its tracked files and to list the others, which could answer for a part of the places.
// Arguments: workspace, and the file of the plugin's memory.
'use strict';
const { execFileSync } = require('node:child_process');
const fs = require('node:fs');

const [root, memory] = process.argv.slice(2);
// Relative to the workspace, as in inference: the system then resolves only half of each path.
process.chdir(root);
const { places, projects } = JSON.parse(fs.readFileSync(memory, 'utf8'));
const paths = places.map((name) => `./${name}`);
// A number of a trace is that of the place times three, plus what of it counts: 0 stands for contents.
const traced = Object.values(projects).flatMap(({ trace }) => trace);
const contents = new Set(traced.filter((one) => one % 3 === 0).map((one) => one / 3));
const clock = (work) => {
  const start = performance.now();
  work();
  return performance.now() - start;
};
const lookAt = (name) => fs.lstatSync(name, { throwIfNoEntry: false });
const look = clock(() => {
  for (const name of paths) lookAt(name);
});
const read = clock(() => {
  for (const [index, name] of paths.entries()) {
    const stat = lookAt(name);
    if (!stat || !contents.has(index)) continue;
    if (stat.isDirectory()) fs.readdirSync(name, { withFileTypes: true });
    else if (stat.isFile()) fs.readFileSync(name, 'utf8');
  }
});
const git = (...args) => execFileSync('git', args, { maxBuffer: 2 ** 28 });
// Refreshes the index, which otherwise makes git compare contents.
git('status', '--porcelain');
const compare = clock(() => git('diff-files', '--raw'));
const others = clock(() => git('ls-files', '--others', '--exclude-standard'));
const directories = paths.filter((name) => lookAt(name)?.isDirectory()).length;
console.log(JSON.stringify({ look, read, compare, others, paths: paths.length, directories }));
