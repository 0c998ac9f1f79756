// Makes the npm package: the compiled entries with the libraries bundled, and the files that Nx reads beside them. It
// contains no TypeScript and does not depend on the layout of this repository. Its only dependencies are those that
// cannot be bundled.
'use strict';
const fs = require('node:fs');
const path = require('node:path');
const compile = require('./compile.cjs');

const root = path.join(__dirname, '..', '..');
/** Files of this directory that are only for development. */
const own = new Set([
  'src',
  'test',
  'dist',
  'docs',
  'node_modules',
  'package.json',
  'README.md',
  'PACKAGE.md',
]);
const tools = new Set(['compile.cjs', 'loaded.cjs', 'makePackage.cjs', 'generate-schemas', 'build-shim']);

/** Documentation pages for users of the package. Messages name them: node_modules/prism/docs/errors.md. */
const pages = [
  'errors.md',
  'containerfiles.md',
  'getting-started.md',
  'keys.md',
  'options.md',
  'ci.md',
  'running.md',
  'dev.md',
  'scanning.md',
  'benchmarking.md',
  'promotion.md',
  'stack.md',
  'pushing.md',
  'signing.md',
  'audit.md',
  'comparison.md',
  'adr',
];

const bases = [
  'go-builder',
  'rust-builder',
  'python-builder',
  'python-runtime',
  'node-builder',
  'node-runtime',
];

/** Writes the package into `directory`, which must not exist or must be empty. */
module.exports = function makePackage(directory) {
  fs.mkdirSync(directory, { recursive: true });
  for (const name of fs.readdirSync(__dirname)) {
    if (own.has(name) || tools.has(name)) continue;
    fs.cpSync(path.join(__dirname, name), path.join(directory, name), { recursive: true });
  }
  compile(path.join(__dirname, 'src'), path.join(directory, 'dist'));
  // Lists of this repository's sources, used only where the plugin is built from source.
  fs.rmSync(path.join(directory, 'dist', 'loaded.json'));
  // Bases that prism:component writes into a workspace that lacks them.
  for (const name of bases)
    fs.cpSync(path.join(root, 'containerfiles', name), path.join(directory, 'bases', name), {
      recursive: true,
    });
  for (const name of pages)
    fs.cpSync(path.join(root, 'docs', name), path.join(directory, 'docs', name), { recursive: true });
  fs.cpSync(path.join(__dirname, 'PACKAGE.md'), path.join(directory, 'README.md'));
  fs.cpSync(path.join(root, 'LICENSE'), path.join(directory, 'LICENSE'));
  const manifest = `${JSON.stringify(describe(), null, 2)}\n`;
  fs.writeFileSync(path.join(directory, 'package.json'), manifest);
};

function describe() {
  const { version, main, executors, generators } = readJson('package.json');
  const { license, engines, description } = readJson('../../package.json');
  const { dependencies } = readJson('../../libs/oci/package.json');
  const bundled = (name) => !compile.external.includes(name);
  return {
    // npm has another package called prism, so this one is installed under that name as an alias.
    name: '@prism-build/nx',
    version,
    description,
    license,
    keywords: ['nx', 'nx-plugin', 'oci', 'container', 'image', 'containerfile', 'dockerfile', 'podman'],
    engines,
    main,
    executors,
    generators,
    dependencies: Object.fromEntries(Object.entries(dependencies).filter(([name]) => !bundled(name))),
    peerDependencies: { '@nx/devkit': '>=23.2.1 <25', nx: '>=23.2.1 <25' },
  };
}

function readJson(file) {
  return JSON.parse(fs.readFileSync(path.join(__dirname, file), 'utf8'));
}

module.exports.pages = pages;
