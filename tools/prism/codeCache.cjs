// Loads a compiled entry with V8's code cache beside it: compiling its text again would take longer than running it.
// A missing, foreign or altered cache is ignored. The process then writes a new one at exit, when V8 knows which
// functions were needed.
'use strict';
const { createHash } = require('node:crypto');
const fs = require('node:fs');
const Module = require('node:module');
const path = require('node:path');
const v8 = require('node:v8');
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
  const isComplete = cachedData && !script.cachedDataRejected;
  // The garbage collector drops the code of functions that ran only once, such as the outermost one: the cache would lack them.
  if (!isComplete) v8.setFlagsFromString('--no-flush-bytecode');
  const entry = new Module(file, module);
  const require = Module.createRequire(file);
  script.runInThisContext().call(entry.exports, entry.exports, require, entry, file, path.dirname(file));
  if (!isComplete) process.once('exit', () => write(cache, script));
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
    // The cache is valid only for the flags of V8 at its creation.
    v8.setFlagsFromString('--flush-bytecode');
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
