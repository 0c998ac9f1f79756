// The plugin's only entry point. Nx requires this file at every start, so it loads only what is requested. In a
// source checkout, it compiles the sources if they changed; a packed install contains compiled files only.
'use strict';
const fs = require('node:fs');
const path = require('node:path');

const sources = path.join(__dirname, 'src');
const compiled = path.join(__dirname, 'dist');
const libraries = path.join(__dirname, '..', '..', 'libs');
const bases = path.join(__dirname, '..', '..', 'containerfiles');
let directory;

function load(entry) {
  directory ??= fs.existsSync(sources) ? freshDirectory() : compiled;
  return require('./codeCache.cjs')(path.join(directory, `${entry}.js`));
}

/** Compiled files are in a directory named after the state of the sources, so no process loads a mixture. */
function freshDirectory() {
  const hash = require('node:crypto').createHash('sha256');
  for (const root of [
    sources,
    ...fs.readdirSync(libraries).map((name) => path.join(libraries, name, 'src')),
    ...fs.readdirSync(bases).map((name) => path.join(bases, name, 'pin.json')),
  ]) {
    for (const file of listFiles(root)) {
      const stat = fs.statSync(file, { bigint: true });
      hash.update(`${file}\0${stat.size}\0${stat.mtimeNs}\0${stat.ctimeNs}\n`);
    }
  }
  const fresh = path.join(compiled, hash.digest('hex').slice(0, 16));
  if (!fs.existsSync(fresh)) compile(fresh);
  return fresh;
}

function listFiles(root) {
  if (!fs.existsSync(root)) return [];
  if (fs.statSync(root).isFile()) return [root];
  const entries = fs.readdirSync(root, { withFileTypes: true });
  return entries
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const file = path.join(root, entry.name);
      if (entry.isDirectory()) return listFiles(file);
      return /\.(ts|json|py)$/.test(entry.name) ? [file] : [];
    });
}

function compile(fresh) {
  const temporary = `${fresh}.${process.pid}`;
  require('./compile.cjs')(sources, temporary);
  try {
    fs.renameSync(temporary, fresh);
  } catch (error) {
    // Another process finished first, with the same result.
    fs.rmSync(temporary, { recursive: true, force: true });
    if (!fs.existsSync(fresh)) throw error;
  }
  for (const name of fs.readdirSync(compiled)) {
    const old = path.join(compiled, name);
    const age = Date.now() - (fs.statSync(old, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    // Running processes may still load from a recent directory.
    if (old !== fresh && age > 24 * 3600 * 1000) fs.rmSync(old, { recursive: true, force: true });
  }
}

/** Functions, not getters: Nx reads every property of a plugin, and a getter would load its module. */
const lazily =
  (entry, name) =>
  (...args) =>
    load(entry)[name](...args);

module.exports = {
  name: 'prism',
  get createNodes() {
    return load('inference').createNodes;
  },
  createDependencies: lazily('inference', 'createDependencies'),
  preTasksExecution: lazily('inference', 'preTasksExecution'),
  summarize: lazily('summary', 'summarize'),
  lock: lazily('lock', 'lock'),
  doctor: lazily('doctor', 'doctor'),
  prune: lazily('prune', 'prune'),
  audit: lazily('audit', 'audit'),
  benchReport: lazily('benchReport', 'benchReport'),
  plugin: lazily('generate', 'plugin'),
  component: lazily('generate', 'component'),
  base: lazily('generate', 'base'),
  init: lazily('generate', 'init'),
  ci: lazily('generate', 'ci'),
};

// Named as in executors.json.
const list = fs.readFileSync(path.join(__dirname, 'as-in-node_modules', 'executors.json'), 'utf8');
for (const [entry, executor] of Object.entries(JSON.parse(list).executors)) {
  const exported = (place) => place.slice(place.indexOf('#') + 1);
  module.exports[exported(executor.implementation)] = lazily(entry, 'execute');
  if (executor.batchImplementation)
    module.exports[exported(executor.batchImplementation)] = lazily(entry, 'executeBatch');
}
