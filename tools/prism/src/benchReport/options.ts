import * as z from 'zod';

/** Options of the `bench-report` generator; schema/bench-report.json is made from it. */
export const benchReportOptions = z.object({
  output: z
    .string()
    .default('dist/bench/report.html')
    .describe('The page to write, relative to the workspace.'),
  history: z
    .string()
    .default('bench-history.jsonl')
    .describe(
      'Figures by commit, for the trend: JSON lines, to be committed or kept by CI. It may be missing.',
    ),
  record: z
    .boolean()
    .default(false)
    .describe(
      'Add the figures of committed states to the history; those of a changed work tree are left out.',
    ),
});
