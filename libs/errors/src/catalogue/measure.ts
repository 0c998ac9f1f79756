import { defineCatalogue } from '../define';

/** Failures of the bench target. */
export const measureFailure = defineCatalogue({
  BENCH_REPORT_INVALID: {
    remedy: 'Name a report.json that `nx bench <project>` wrote, or a digest.json.',
  },
});
