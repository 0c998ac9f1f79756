// Starts long test files first, so that a run does not end with one file on one core. On a fresh machine, Jest has no
// durations and sorts by file size. The timeout that a file sets is a better estimate; a comment `// Order: <milliseconds>`
// replaces it.
'use strict';
const { readFileSync } = require('node:fs');
const Sequencer = require('@jest/test-sequencer').default;

/** Milliseconds: the order that the file states, or the timeout that it sets for each of its tests. */
function patienceOf(path) {
  const text = readFileSync(path, 'utf8');
  const stated = /^\/\/ Order: ([\d_]+)/m.exec(text) ?? /^jest\.setTimeout\(([\d_]+)\)/m.exec(text);
  const [, limit = '0'] = stated ?? [];
  return Number(limit.replaceAll('_', ''));
}

module.exports = class LongestFirst extends Sequencer {
  sort(tests) {
    const rows = tests.map((test) => ({ test, patience: patienceOf(test.path) }));
    rows.sort((a, b) => b.patience - a.patience || (a.test.path < b.test.path ? -1 : 1));
    return rows.map(({ test }) => test);
  }
};
