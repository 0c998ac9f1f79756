// Compiles the plugin's entries, libs bundled in; a plugin that loads few and small files starts fast.
'use strict';
const path = require('node:path');

const entries = ['inference', 'build', 'load', 'materialize', 'schemas', 'summary'];

module.exports = function compile(sources, outdir) {
  require('esbuild').buildSync({
    entryPoints: entries.map((name) => path.join(sources, name, 'index.ts')),
    entryNames: '[dir]',
    outbase: sources,
    outdir,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    external: ['nx', '@nx/devkit', '@bokuweb/zstd-wasm'],
    logLevel: 'silent',
  });
};
