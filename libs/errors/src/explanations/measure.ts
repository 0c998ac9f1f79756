import type { measureFailure } from '../catalogue/measure';
import type { Explanations } from './explanation';

export const measureExplanations: Explanations<typeof measureFailure> = {
  BENCH_REPORT_INVALID: {
    means: 'A file that bench compares with, or shows, is not a report of this version.',
    causes: [
      'The file is something else, or was cut off.',
      'It was written by a version of the plugin with another schema.',
    ],
    example: { what: 'base/report.json is not a report of bench', at: { file: 'base/report.json' } },
  },
};
