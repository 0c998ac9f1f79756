// Jest cannot require ES modules. Bundles a package that has no other form into one CommonJS file, as the plugin
// does.
'use strict';
const { buildSync } = require('esbuild');

module.exports = {
  process: (_source, file) => ({
    code: buildSync({
      entryPoints: [file],
      bundle: true,
      write: false,
      platform: 'node',
      format: 'cjs',
      logLevel: 'silent',
    }).outputFiles[0].text,
  }),
};
