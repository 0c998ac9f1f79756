// Builds every image of a workspace from nothing and without Nx, as the reference for what Nx selects. Prints the
// digest of each project as JSON, or "failed" if it cannot be built. Arguments: workspace, plugin, and "compiled" if
// no file that a compiler could read has changed, so that compiled results may be reused.
'use strict';
const fs = require('node:fs');
const path = require('node:path');
const { parseEnv } = require('node:util');

const [root, plugin, kept] = process.argv.slice(2);
const { createNodes, buildBatch } = require(path.join(plugin, 'load.cjs'));

async function main() {
  const stays = kept ? ['dist/compile', '.prism/work'] : [];
  // The memory of inference is in .nx.
  for (const made of ['.nx', ...listMade('dist'), ...listMade('.prism')].filter(
    (name) => !stays.includes(name),
  ))
    fs.rmSync(path.join(root, made), { recursive: true, force: true });
  // Sets variables as Nx does for all tasks; existing ones win.
  const variables = path.join(root, '.env');
  if (fs.existsSync(variables))
    process.env = { ...parseEnv(fs.readFileSync(variables, 'utf8')), ...process.env };
  const { plugins, targetDefaults } = readJson('nx.json');
  const made = await createNodes[1](listFiles('.'), plugins[0].options, {
    workspaceRoot: root,
    nxJsonConfiguration: {},
  });
  const projects = Object.fromEntries(
    made.flatMap(([, { projects }]) =>
      Object.values(projects).map((one) => [one.name, withDeclared(one, targetDefaults)]),
    ),
  );
  const tasks = {};
  const dependencies = {};
  const inputs = {};
  for (const [project, { targets }] of Object.entries(projects)) {
    for (const target of ['compile', 'build-image'].filter((name) => targets[name])) {
      const id = `${project}:${target}`;
      tasks[id] = { id, target: { project, target }, overrides: {}, outputs: [] };
      inputs[id] = targets[target].options;
      dependencies[id] = (targets[target].dependsOn ?? []).flatMap((one) =>
        (one.projects ?? [project]).map((name) => `${name}:${one.target}`),
      );
    }
  }
  // A build that fails, or whose dependency failed, counts as failed.
  const found = Object.fromEntries(Object.values(tasks).map(({ target }) => [target.project, 'failed']));
  const context = { root, projectsConfigurations: { projects } };
  for await (const { task, result } of buildBatch({ tasks, dependencies }, inputs, {}, context)) {
    const { project, target } = tasks[task].target;
    if (target !== 'build-image') continue;
    const file = path.join(root, 'dist/images', project, 'digest.json');
    if (result.success) found[project] = JSON.parse(fs.readFileSync(file, 'utf8')).index.digest;
  }
  console.log(JSON.stringify(found));
}

/** Merges targetDefaults and project.json as Nx does. */
function withDeclared(project, targetDefaults) {
  const file = path.join(project.root, 'project.json');
  const declared = fs.existsSync(path.join(root, file)) ? readJson(file).targets : {};
  for (const targets of [targetDefaults ?? {}, declared])
    for (const [name, { options }] of Object.entries(targets))
      if (project.targets[name]) Object.assign(project.targets[name].options, options);
  return project;
}

function listMade(directory) {
  const place = path.join(root, directory);
  return fs.existsSync(place) ? fs.readdirSync(place).map((name) => path.posix.join(directory, name)) : [];
}

function readJson(file) {
  return JSON.parse(fs.readFileSync(path.join(root, file), 'utf8'));
}

/** Containerfiles that git does not ignore, as Nx lists them. */
function listFiles(below) {
  return fs.readdirSync(path.join(root, below), { withFileTypes: true }).flatMap((entry) => {
    const file = path.posix.join(below, entry.name);
    if (entry.isDirectory()) return /^(node_modules|\.)/.test(entry.name) ? [] : listFiles(file);
    return /containerfile|dockerfile/i.test(entry.name) ? [file] : [];
  });
}

main();
