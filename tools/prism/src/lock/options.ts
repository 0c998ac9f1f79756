import * as z from 'zod';

/** Options of the `lock` generator; schema/lock.json is made from it. */
export const lockOptions = z.object({
  project: z
    .string()
    .optional()
    .describe('The projects whose bases to lock, separated by commas; all if left out.'),
});
