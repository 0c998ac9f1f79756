import * as z from 'zod';

/** Options of the `stack-rollback` executor. */
export const options = z.object({
  to: z
    .number()
    .int()
    .positive()
    .optional()
    .describe(
      'The number of a deployment, as `history` lists them; the last healthy one before if left out.',
    ),
  timeout: z.number().positive().default(60).describe('Seconds until every probe must have answered.'),
  observe: z
    .number()
    .min(0)
    .default(0)
    .describe('Seconds for which it is watched after every probe has answered; it was healthy before.'),
});
