// Counts tests from the output of test runners.
import { existsSync, readFileSync } from 'node:fs';

const none = { passed: 0, failed: 0, skipped: 0, files: [] };

/** @param file the `--json` output of Jest; `files` has what test/support/recordCpu.cjs wrote beside it */
export function countJest(file) {
  if (!existsSync(file)) return { ...none, failed: 1 };
  const report = JSON.parse(readFileSync(file, 'utf8'));
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + report.numRuntimeErrorTestSuites,
    skipped: report.numPendingTests + report.numTodoTests,
    files: readLines(`${file}.cpu`),
  };
}

const readLines = (file) =>
  existsSync(file)
    ? readFileSync(file, 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line))
    : [];

export function countGo(output) {
  const events = output.split('\n').flatMap((line) => (line.startsWith('{') ? [JSON.parse(line)] : []));
  const tests = events.filter(({ Test }) => Test);
  const number = (action) => tests.filter(({ Action }) => Action === action).length;
  const broken = events.filter(({ Action, Test }) => Action === 'fail' && !Test).length;
  return { passed: number('pass'), failed: number('fail') || broken, skipped: number('skip') };
}

export function countPython(output) {
  const all = Number(/^Ran (\d+) tests? in /m.exec(output)?.[1] ?? 0);
  const number = (what) => Number(new RegExp(`\\b${what}=(\\d+)`).exec(output)?.[1] ?? 0);
  const failed = number('failures') + number('errors');
  return { passed: all - failed - number('skipped'), failed, skipped: number('skipped') };
}

export function countCargo(output) {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for (const [, passed, failed, ignored] of output.matchAll(
    /^test result: .*? (\d+) passed; (\d+) failed; (\d+) ignored/gm,
  )) {
    counts.passed += Number(passed);
    counts.failed += Number(failed);
    counts.skipped += Number(ignored);
  }
  return counts;
}

/** The output of failed Go tests, from `go test -json`. */
export function failedLines(output) {
  const lines = output
    .split('\n')
    .flatMap((line) => (line.startsWith('{') ? (JSON.parse(line).Output ?? '') : `${line}\n`));
  return lines.join('').slice(-8000);
}
