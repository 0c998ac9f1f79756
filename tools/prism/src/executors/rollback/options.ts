import * as z from 'zod';
import { reachFields, signerField } from '../../signing/reachFields';

/** Options of the `rollback` executor. */
export const options = z.object({
  variant: z.string().optional().describe('The variant of the image; the default image if left out.'),
  tag: z
    .string()
    .describe(
      'The tag to point back: host[:port]/path:tag, or :tag in the repository that was pushed to last from this workspace.',
    ),
  to: z
    .string()
    .regex(/^sha256:[0-9a-f]{64}$/)
    .optional()
    .describe('The digest to point to; the last good one of the audit log if left out.'),
  ...signerField,
  force: z
    .boolean()
    .default(false)
    .describe('Point back although the scan blocks the image now. Needs `reason`.'),
  reason: z.string().min(1).optional().describe('Why; it goes to the audit log.'),
  ...reachFields,
  json: z.boolean().default(false).describe('Print the result as one line of JSON.'),
  dryRun: z.boolean().default(false).describe('Print what would be done; judge and change nothing.'),
});

export type RollbackOptions = z.infer<typeof options>;
