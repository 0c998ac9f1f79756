import * as z from 'zod';

/** Options of the `inventory` executor. */
export const options = z.object({
  variant: z.string().optional().describe('The variant of the image; the default image if left out.'),
  scanner: z
    .string()
    .optional()
    .describe('Version of the pinned scanner and of the format; part of the cache key, set by inference.'),
  policy: z
    .string()
    .optional()
    .describe(
      'A policy file, relative to the workspace; scan-policy.json of the project or the workspace if left out.',
    ),
});
