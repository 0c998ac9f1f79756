// Runs steps of the build executor in a fresh process, like Nx's batch worker, and prints the milliseconds from the
// call to the end, including loading of modules. Arguments: workspace, project, containerfile.
'use strict';
const path = require('node:path');
const { makeTaskGraph } = require('./taskGraph.cjs');
const [root, project, containerfile] = process.argv.slice(2);
process.chdir(root);

async function main() {
  const start = performance.now();
  const { buildBatch } = require(path.join(root, 'node_modules', 'prism', 'load.cjs'));
  const ids = ['compile', 'build-image'].map((target) => `${project}:${target}`);
  const graph = makeTaskGraph({ [ids[0]]: [], [ids[1]]: [ids[0]] });
  const options = (step) => ({ step, containerfile, context: '.' });
  const inputs = { [ids[0]]: options('compile'), [ids[1]]: options('image') };
  for await (const { task: id, result } of buildBatch(graph, inputs, {}, { root })) {
    if (!result.success) throw new Error(`${id}: ${result.terminalOutput}`);
  }
  process.stdout.write(String(performance.now() - start));
}

main().catch((error) => {
  process.stderr.write(`${error.stack}\n`);
  process.exitCode = 1;
});
