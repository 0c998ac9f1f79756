import * as z from 'zod';

/** Options of the `materialize` executor. */
export const options = z.object({
  variant: z.string().optional().describe('The variant of the image; the default image if left out.'),
  outputPath: z
    .string()
    .optional()
    .describe(
      'The directory of the layout, relative to the workspace; dist/layouts/<project> if left out, with +<variant> behind it for a variant.',
    ),
});
