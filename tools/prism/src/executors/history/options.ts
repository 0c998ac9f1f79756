import * as z from 'zod';

/** Options of the `history` executor. */
export const options = z.object({
  last: z.number().int().positive().default(10).describe('How many deployments to print.'),
  json: z.boolean().default(false).describe('Print the deployments as one JSON object.'),
});
