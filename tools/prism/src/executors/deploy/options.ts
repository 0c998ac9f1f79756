import * as z from 'zod';

/** Options of the `deploy` executor. */
export const options = z.object({
  timeout: z.number().positive().default(60).describe('Seconds until every probe must have answered.'),
  observe: z
    .number()
    .min(0)
    .default(5)
    .describe('Seconds for which the new version is watched after every probe has answered.'),
  beside: z
    .boolean()
    .default(true)
    .describe(
      'Try the new version beside the old one first, on other ports, if the stack has no claims: a bad version then causes no gap in service.',
    ),
  keep: z
    .number()
    .int()
    .min(2)
    .default(5)
    .describe('How many healthy deployments keep their images on this machine, the serving one included.'),
});
