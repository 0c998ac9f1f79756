// Compiles the plugin's entries with the libraries bundled in: loading few, small files makes every start fast.
'use strict';
const { createHash } = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');
const { describeLoaded } = require('./loaded.cjs');

const root = path.join(__dirname, '..', '..');

/** Source folders with an index.ts, except those of executors. */
const entries = [
  'inference',
  'pack',
  'lock',
  'prune',
  'audit',
  'benchReport',
  'doctor',
  'generate',
  'summary',
];

/** Packages that are not bundled: Nx, which must be the workspace's own, and packages that read their own files. */
const external = ['nx', '@nx/devkit', '@bokuweb/zstd-wasm'];

const settings = {
  // Names in the output are relative to this directory, so they are equal in every clone.
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  // Keeps function names, for readable stack traces.
  minifyWhitespace: true,
  minifySyntax: true,
  // A script from V8's code cache cannot use import(); require() works for all modules here.
  supported: { 'dynamic-import': false },
  loader: { '.py': 'text' },
  // The CommonJS form of this package requires its own parts in a way that cannot be bundled.
  alias: { 'jsonc-parser': 'jsonc-parser/lib/esm/main.js' },
  external,
  logLevel: 'silent',
};

module.exports = function compile(sources, outdir) {
  const { executors } = require('./as-in-node_modules/executors.json');
  const folders = [
    ...entries.map((name) => [name, name]),
    ...Object.keys(executors).map((name) => [name, path.join('executors', name)]),
  ];
  const { metafile } = withoutCollector(() =>
    require('esbuild').buildSync({
      ...settings,
      entryPoints: Object.fromEntries(
        folders.map(([name, folder]) => [name, path.join(sources, folder, 'index.ts')]),
      ),
      outdir,
      metafile: true,
    }),
  );
  // Code that affects results is part of the keys: the entries with their worker threads, and the exact versions of
  // packages that are not bundled.
  const packages = path.join(root, 'libs', 'oci', 'package.json');
  const fileOf = (name) => path.join(outdir, `${name}.js`);
  const names = Object.keys(executors);
  for (const name of names) writeIdentity(outdir, name, [fileOf(name), fileOf('pack'), packages]);
  writeIdentity(outdir, 'inference', [fileOf('inference')]);
  const loaded = names.map((name) => [name, describeLoaded(metafile, [name, 'pack'], external)]);
  fs.writeFileSync(path.join(outdir, 'loaded.json'), `${JSON.stringify(Object.fromEntries(loaded))}\n`);
};

/** esbuild is a program in Go, and this one soon ends: collecting garbage takes a third of its time, and saves memory only. */
function withoutCollector(build) {
  const { GOGC } = process.env;
  process.env.GOGC = 'off';
  try {
    return build();
  } finally {
    if (GOGC === undefined) delete process.env.GOGC;
    else process.env.GOGC = GOGC;
  }
}

function writeIdentity(outdir, name, files) {
  const hash = createHash('sha256');
  for (const file of files) hash.update(fs.readFileSync(file));
  fs.writeFileSync(path.join(outdir, `${name}.identity`), hash.digest('hex'));
}

/** Compiles and runs a script that requires the plugin's sources, for development tools. */
module.exports.bundle = function bundle(contents) {
  const stdin = { contents, resolveDir: path.join(__dirname, 'src'), loader: 'js' };
  const { outputFiles } = require('esbuild').buildSync({ ...settings, stdin, write: false });
  const script = { exports: {} };
  new Function('module', 'exports', 'require', outputFiles[0].text)(script, script.exports, require);
  return script.exports;
};

module.exports.external = external;
module.exports.settings = settings;
