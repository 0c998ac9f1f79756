// Starts long test files first, so that a run does not end with one file on one core. On a fresh machine, Jest has no
// durations and sorts by file size. The timeout that a file sets is a better estimate.
'use strict';
const { readFileSync } = require('node:fs');
const Sequencer = require('@jest/test-sequencer').default;

/** Milliseconds: the timeout that the file sets for each of its tests. */
function patienceOf(path) {
  const [, limit = '0'] = /^jest\.setTimeout\(([\d_]+)\)/m.exec(readFileSync(path, 'utf8')) ?? [];
  return Number(limit.replaceAll('_', ''));
}

module.exports = class LongestFirst extends Sequencer {
  sort(tests) {
    const rows = tests.map((test) => ({ test, patience: patienceOf(test.path) }));
    rows.sort((a, b) => b.patience - a.patience || (a.test.path < b.test.path ? -1 : 1));
    return rows.map(({ test }) => test);
  }
};
