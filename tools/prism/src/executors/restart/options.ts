import * as z from 'zod';

/** Options of the `restart` executor. */
export const options = z.object({
  timeout: z.number().positive().default(60).describe('Seconds until every probe must have answered.'),
});
