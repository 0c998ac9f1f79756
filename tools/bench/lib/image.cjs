// Runs the image step of the build executor, or createNodes with all Containerfiles, in a fresh process. Prints the
// milliseconds from the call to the end and the peak resident memory in bytes, as JSON. Arguments: workspace,
// project, Containerfile, `build` or `infer`.
'use strict';
const path = require('node:path');
const [root, project, containerfile, what] = process.argv.slice(2);
process.chdir(root);
const plugin = () => require(path.join(root, 'node_modules', 'prism', 'load.cjs'));

async function build() {
  const id = `${project}:build-image`;
  const graph = {
    roots: [id],
    tasks: { [id]: { id, target: { project, target: 'build-image' } } },
    dependencies: { [id]: [] },
    continuousDependencies: { [id]: [] },
  };
  const options = { step: 'image', containerfile, context: path.dirname(containerfile) };
  for await (const { result } of plugin().buildBatch(graph, { [id]: options }, {}, { root }))
    if (!result.success) throw new Error(result.terminalOutput);
}

async function infer() {
  require('nx/src/utils/cache-directory').workspaceDataDirectoryForWorkspace(root);
  plugin().createNodes[1]([containerfile], undefined, { workspaceRoot: root, nxJsonConfiguration: {} });
}

async function main() {
  const start = performance.now();
  await { build, infer }[what]();
  const milliseconds = performance.now() - start;
  // Peak of the process with all its threads; getrusage counts KiB.
  const resident = process.resourceUsage().maxRSS * 1024;
  process.stdout.write(JSON.stringify({ milliseconds, resident }));
}

main().catch((error) => {
  process.stderr.write(`${error.stack}\n`);
  process.exitCode = 1;
});
