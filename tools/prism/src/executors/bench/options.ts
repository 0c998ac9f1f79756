import * as z from 'zod';

/** Nx parses words that look like numbers as numbers. */
const quantity = z.union([z.string(), z.number()]).transform(String).optional();

/** Options of the `bench` executor. */
export const options = z.object({
  variant: z.string().optional().describe('The variant of the image; the default image if left out.'),
  sizesOnly: z
    .boolean()
    .default(false)
    .describe('Judge the budgets of size from digest.json alone: nothing runs, and no report is written.'),
  maxSize: quantity.describe(
    'Budget of each platform, uncompressed, as in 10 MB; none for no budget. Default: 10 MB for Go, 6 MB for Rust, 45 MB for Python, for default images only.',
  ),
  maxGrowth: quantity.describe(
    'Budget of the growth since the image that `against` names, as in 5 % or 500 kB.',
  ),
  against: z
    .string()
    .min(1)
    .optional()
    .describe(
      'The image to compare with: a digest.json or report.json, a commit or tag of git, merge-base, or an image of a registry.',
    ),
  format: z
    .enum(['text', 'markdown', 'json'])
    .default('text')
    .describe('Form of the result; markdown is for a comment on a pull request.'),
  output: z
    .string()
    .min(1)
    .optional()
    .describe('Also write the result to this file, relative to the workspace; {image} in it is replaced.'),
});

export type BenchOptions = z.infer<typeof options>;
