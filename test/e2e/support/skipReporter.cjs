// Prints what was skipped, and why, at the end of a run, so that skips are noticed.
'use strict';

module.exports = class SkipReporter {
  onRunComplete(_contexts, { testResults }) {
    const skipped = testResults.flatMap((file) =>
      file.testResults.filter(({ status }) => status === 'pending'),
    );
    if (skipped.length === 0) return;
    const lines = skipped.map(({ fullName }) => `  ${fullName}\n`);
    process.stderr.write(`\nskipped ${skipped.length}:\n${lines.join('')}`);
  }
};
