import { defineCatalogue } from '../define';

/** Failures of the bench target and of its reports. */
export const measureFailure = defineCatalogue({
  BENCH_REPORT_INVALID: {
    remedy: 'Name a report.json that `nx bench <project>` wrote, or a digest.json.',
  },
  BENCH_REPORT_MISSING: {
    remedy: 'Run `npx nx run-many -t bench`, which writes a report.json for each image.',
  },
  BENCH_HISTORY_INVALID: {
    remedy: 'Remove the line, or restore the file.',
  },
  BUDGET_INVALID: {
    remedy: 'Write a number and a unit, as in "10 MB", "20 ms", "3 x" or "5 %".',
  },
  BUDGET_EXCEEDED: {
    remedy: 'Remove what grew, or raise the budget; node_modules/prism/docs/benchmarking.md shows how.',
  },
  BASELINE_MISSING: {
    remedy:
      'Name a digest.json or report.json, an image of a registry, or a commit that `nx bench` measured: --against=<that>.',
  },
  PROBE_MISSING: {
    remedy:
      'Set "probe" in the options of bench, as in "grpc://127.0.0.1:50100", "http://127.0.0.1:8080/health", "log:ready" or "exit"; or measure sizes only, with -c sizes.',
  },
  PROBE_INVALID: {
    remedy:
      'Write it as in grpc://127.0.0.1:50100, http://127.0.0.1:8080/health, log:ready, command:curl -f …, or exit.',
  },
  PROBE_TAKEN: {
    remedy: 'Stop what listens there, or let the component listen elsewhere by `env` and change `probe`.',
  },
  START_ENDED: {
    remedy:
      'Correct what it printed; settings that it needs belong into the options `env` and `files` of bench.',
  },
  START_TIMED_OUT: {
    remedy: 'Correct the option `probe`, give it what it needs in `env` and `files`, or raise `timeout`.',
  },
  START_ELSEWHERE: {
    remedy: 'Let the option `probe` of bench ask an address on which the component listens.',
  },
});
