// A skip must be seen: what was skipped and why is the last thing that a run prints.
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
