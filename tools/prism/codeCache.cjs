// Loads a compiled entry with V8's code cache beside it: compiling its text again would take longer than running it.
// A missing, foreign or altered cache is ignored. The process then writes a new one at exit, when V8 knows which
// functions were needed.
'use strict';
const { createHash } = require('node:crypto');
const fs = require('node:fs');
const Module = require('node:module');
const path = require('node:path');
const vm = require('node:vm');

const hashLength = 32;
const loaded = new Map();

module.exports = function load(file) {
  if (!loaded.has(file)) loaded.set(file, evaluate(file));
  return loaded.get(file).exports;
};

function evaluate(file) {
  const cache = `${file}.${process.arch}-${process.versions.v8}.cache`;
  const cachedData = readVerified(cache);
  const script = new vm.Script(Module.wrap(fs.readFileSync(file, 'utf8')), {
    filename: file,
    cachedData,
  });
  const entry = new Module(file, module);
  const require = Module.createRequire(file);
  script.runInThisContext().call(entry.exports, entry.exports, require, entry, file, path.dirname(file));
  if (!cachedData || script.cachedDataRejected) process.once('exit', () => write(cache, script));
  return entry;
}

function readVerified(cache) {
  try {
    const bytes = fs.readFileSync(cache);
    const data = bytes.subarray(hashLength);
    return bytes.subarray(0, hashLength).equals(digest(data)) ? data : undefined;
  } catch {
    return undefined;
  }
}

function write(cache, script) {
  const temporary = `${cache}.${process.pid}`;
  try {
    const data = script.createCachedData();
    fs.writeFileSync(temporary, Buffer.concat([digest(data), data]));
    fs.renameSync(temporary, cache);
  } catch {
    // If the cache cannot be written, the next process compiles again.
    fs.rmSync(temporary, { force: true });
  }
}

function digest(data) {
  return createHash('sha256').update(data).digest();
}
