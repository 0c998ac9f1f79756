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
  BUDGET_INVALID: {
    means: 'A budget is not a quantity: a number above 0 and a unit in its exact case.',
    causes: [
      'The unit has another case: `mb` could be megabits.',
      'There is no unit, or it measures something else, such as `ms` for a size.',
      'The number is negative, 0, or written with an exponent.',
    ],
    example: {
      what: 'the budget maxSize is no quantity: "10 mb" has the unit mb; did you mean MB?',
      remedy: 'Write maxSize as in "10 MB", or "none".',
      at: { file: 'apps/api/project.json', line: 7 },
    },
  },
  BUDGET_EXCEEDED: {
    means: 'An image is larger, starts more slowly, needs more memory or grew more than its budget allows.',
    causes: [
      'A dependency was added or updated: the cause lists what grew or what is largest.',
      'The budget is a default of the language, and this image needs more.',
      'The binary contains symbols or debug information.',
    ],
    example: {
      what: 'api exceeds maxSize on linux/amd64: 12.3 MB of 10 MB',
      why: '+1.9 MB go google.golang.org/grpc/xds, imported by internal/run/serve.go',
      at: { file: 'apps/api/project.json', line: 7 },
    },
  },
  BASELINE_MISSING: {
    means: 'The image to compare with cannot be found.',
    causes: [
      'The commit was never measured on this machine, and no image was pushed under its tag.',
      'The file does not exist, or the name is neither a file, a commit nor an image.',
    ],
    example: { what: 'there is no image of api to compare with for the commit 0123456789ab' },
  },
};
