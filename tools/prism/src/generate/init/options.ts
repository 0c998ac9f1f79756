import * as z from 'zod';

/** Options of the `init` generator; schema/init.json is made from it. */
export const initOptions = z.strictObject({
  prefix: z
    .string()
    .regex(/^[a-z0-9]+([._-][a-z0-9]+)*$/, 'must be small letters and digits, joined by single . _ or -')
    .optional()
    .describe('Goes before the project in the names of images; the name of the workspace if left out.'),
});
