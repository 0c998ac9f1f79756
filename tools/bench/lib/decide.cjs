// Runs the `scan` tasks of projects in a fresh process, without Nx around them, and prints the milliseconds from the call
// to the last verdict: loading the executor, and the decisions. Arguments: workspace, projects.
'use strict';
const path = require('node:path');
const { makeTaskGraph } = require('./taskGraph.cjs');
const [root, ...projects] = process.argv.slice(2);
process.chdir(root);

async function main() {
  const devkit = require(path.join(root, 'node_modules', '@nx', 'devkit'));
  const projectGraph = await devkit.createProjectGraphAsync();
  const projectsConfigurations = devkit.readProjectsConfigurationFromProjectGraph(projectGraph);
  const context = { root, cwd: root, projectGraph, projectsConfigurations, nxJsonConfiguration: {} };
  const ids = projects.map((project) => `${project}:scan`);
  const graph = makeTaskGraph(Object.fromEntries(ids.map((id) => [id, []])));
  const inputs = Object.fromEntries(
    projects.map((project) => [
      `${project}:scan`,
      projectsConfigurations.projects[project].targets.scan.options ?? {},
    ]),
  );
  const start = performance.now();
  const { scanBatch } = require(path.join(root, 'node_modules', 'prism', 'load.cjs'));
  let verdicts = 0;
  for await (const { task, result } of scanBatch(graph, inputs, {}, context)) {
    if (!result.success) throw new Error(`${task}: ${result.terminalOutput}`);
    verdicts += 1;
  }
  if (verdicts !== projects.length) throw new Error(`${verdicts} verdicts for ${projects.length} projects`);
  process.stdout.write(String(performance.now() - start));
}

main().then(
  () => process.exit(0), // Nx may keep the process
  (error) => {
    process.stderr.write(`${error.stack}\n`);
    process.exit(1);
  },
);
