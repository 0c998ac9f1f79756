import * as z from 'zod';
import { reachFields, signerField } from '../../signing/reachFields';

/** Options of the `promote` executor. */
export const options = z.object({
  variant: z.string().optional().describe('The variant of the image; the default image if left out.'),
  from: z
    .string()
    .optional()
    .describe(
      'The image to promote: host[:port]/path@sha256:… or with a tag; what was pushed last from this workspace if left out.',
    ),
  to: z.string().describe('Where it goes: host[:port]/path:tag, or :tag for the same repository.'),
  sign: z
    .string()
    .min(1)
    .optional()
    .describe(
      'The key that signs for another repository, as for push-manifest. Without `key`, it must also have signed the image.',
    ),
  ...signerField,
  ...reachFields,
  json: z.boolean().default(false).describe('Print the receipt as one line of JSON.'),
  dryRun: z.boolean().default(false).describe('Print the plan as JSON; judge and send nothing.'),
});

export type PromoteOptions = z.infer<typeof options>;
