import * as z from 'zod';
import { list, reachFields } from '../../signing/reachFields';

/** Options of the `retention` executor. */
export const options = z.object({
  variant: z.string().optional().describe('The variant of the image; the default image if left out.'),
  repository: z
    .string()
    .optional()
    .describe('The repository, host[:port]/path; that of the last push from this workspace if left out.'),
  keepLast: z.int().min(0).default(10).describe('How many of the newest images stay.'),
  keepDays: z.number().min(0).default(30).describe('Images that were released in so many days stay.'),
  keepTags: list('patterns of tags')
    .default(['latest', 'v*', '*.*.*'])
    .describe('Images with such a tag stay; * stands for any text.'),
  delete: z.boolean().default(false).describe('Delete what is listed. Without it, nothing changes.'),
  ...reachFields,
  json: z.boolean().default(false).describe('Print one line of JSON in place of the table.'),
});

export type RetentionOptions = z.infer<typeof options>;
