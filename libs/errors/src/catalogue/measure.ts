import { defineCatalogue } from '../define';

/** Failures of the bench target. */
export const measureFailure = defineCatalogue({
  BENCH_REPORT_INVALID: {
    remedy: 'Name a report.json that `nx bench <project>` wrote, or a digest.json.',
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
});
