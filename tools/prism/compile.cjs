// Compiles the plugin's entries, libs bundled in; a plugin that loads few and small files starts fast.
'use strict';
const { createHash } = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');

/** Folders of the sources by the name of the compiled entry. */
const entries = {
  inference: 'inference',
  build: 'executors/build',
  pack: 'pack',
  load: 'executors/load-image',
  run: 'executors/run-image',
  materialize: 'executors/materialize',
  lock: 'lock',
  prune: 'prune',
  doctor: 'doctor',
  generate: 'generate',
  schemas: 'schemas',
  summary: 'summary',
};

/** Packages that are not bundled: Nx, which must be the workspace's own, and what reads files of its own package. */
const external = ['nx', '@nx/devkit', '@bokuweb/zstd-wasm'];

module.exports = function compile(sources, outdir) {
  require('esbuild').buildSync({
    entryPoints: Object.fromEntries(
      Object.entries(entries).map(([name, folder]) => [name, path.join(sources, folder, 'index.ts')]),
    ),
    // Names in the output are relative to it: the same in every clone.
    absWorkingDir: path.join(__dirname, '..', '..'),
    outdir,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    // Names stay, for traces that can be read.
    minifyWhitespace: true,
    minifySyntax: true,
    // A script from V8's code cache cannot import; require() does for everything here.
    supported: { 'dynamic-import': false },
    loader: { '.py': 'text' },
    // Its CommonJS form requires parts of itself in a way that cannot be bundled.
    alias: { 'jsonc-parser': 'jsonc-parser/lib/esm/main.js' },
    external,
    logLevel: 'silent',
  });
  // What decides results besides their inputs goes into the keys of what is kept: the entry, and exact versions of the
  // packages that are not bundled.
  const packages = path.join(__dirname, '..', '..', 'libs', 'oci', 'package.json');
  writeIdentity(path.join(outdir, 'identity'), [path.join(outdir, 'build.js'), packages]);
  writeIdentity(path.join(outdir, 'inference.identity'), [path.join(outdir, 'inference.js')]);
};

function writeIdentity(place, files) {
  const hash = createHash('sha256');
  for (const file of files) hash.update(fs.readFileSync(file));
  fs.writeFileSync(place, hash.digest('hex'));
}

module.exports.external = external;
