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
  BENCH_REPORT_MISSING: {
    means: 'There is nothing to draw: no image has been measured.',
    causes: ['The target `bench` has not run in this checkout.', 'dist was removed.'],
    example: { what: 'dist/bench has no report.json' },
  },
  BENCH_HISTORY_INVALID: {
    means: 'A line of the file with the figures by commit cannot be read, so no trend can be drawn.',
    causes: ['A merge left its markers in the file.', 'The line was edited, or cut off.'],
    example: {
      what: 'bench-history.jsonl has a line that is not a line of the history',
      at: { file: 'bench-history.jsonl', line: 7 },
    },
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
  PROBE_MISSING: {
    means: 'Times and memory were asked for, and nothing says how to find out that the component is ready.',
    causes: [
      'The bench target has no option `probe`.',
      'The image is a service, and `bench` ran without -c sizes.',
    ],
    example: { what: 'nothing says when api is ready' },
  },
  PROBE_INVALID: {
    means: 'The option `probe` cannot be read.',
    causes: ['A typing error.', 'The address has no port, or is not one of this machine.'],
    example: {
      what: 'the probe of api cannot be used: 8080a is no port',
      at: { file: 'api/project.json', line: 9 },
    },
  },
  PROBE_TAKEN: {
    means: 'Something answers the probe before the component was started, so its time cannot be measured.',
    causes: ['The component runs already, for example by `nx run-image`.', 'Another program has the port.'],
    example: { what: 'something answers on 127.0.0.1:8080 before api is started' },
  },
  START_ENDED: {
    means: 'The component ended before its probe succeeded. The cause holds its last lines.',
    causes: [
      'A setting or a service that it needs is missing.',
      'Without an engine, its root has no /proc and no /dev: `where: container` leaves that start out.',
      'It is a program that does its work and ends: its probe is `exit`.',
    ],
    example: { what: 'api ended with status 1 before it was ready', why: 'DATABASE_URL is not set' },
  },
  START_TIMED_OUT: {
    means:
      'The component runs, and its probe did not succeed within the limit. The cause holds its last lines.',
    causes: [
      'The probe asks for something that the component does not have, such as another path.',
      'It waits for a service that is not there.',
      'It needs longer than `timeout`.',
    ],
    example: { what: 'api was not ready within 30 s', why: 'waiting for the database' },
  },
  START_ELSEWHERE: {
    means: 'The component listens on other addresses than the one that its probe asks.',
    causes: ['Its address comes from a variable that `env` does not set.', 'The probe has another port.'],
    example: { what: 'api listens on 127.0.0.1:9090, and its probe asks 127.0.0.1:8080' },
  },
};
