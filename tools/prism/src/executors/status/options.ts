import * as z from 'zod';

/** Options of the `status` executor. */
export const options = z.object({
  json: z.boolean().default(false).describe('Print the status as one JSON object.'),
});
