// Appends the CPU seconds of each test file to the file that PRISM_TEST_CPU names: of its own process and of the commands that it
// started and that have ended. `npm test` prints where they go. Linux only; ticks are hundredths of a second there.
const { appendFileSync, existsSync, readFileSync } = require('node:fs');

const into = process.env.PRISM_TEST_CPU;
const stat = '/proc/self/stat';

/** Fields 14 to 17 of proc_pid_stat(5): user and system time, then those of children. The name before them may have spaces. */
function readCpu() {
  const fields = readFileSync(stat, 'utf8').split(') ').at(-1).split(' ');
  return fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) / 100;
}

if (into && existsSync(stat)) {
  const start = readCpu();
  afterAll(() => {
    const name = expect.getState().testPath.split('/').at(-1);
    appendFileSync(into, `${JSON.stringify({ name, cpu: readCpu() - start })}\n`);
  });
}
