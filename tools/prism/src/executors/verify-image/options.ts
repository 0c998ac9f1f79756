import * as z from 'zod';
import { reachFields } from '../../signing/reachFields';

/** Options of the `verify-image` executor. */
export const options = z.object({
  variant: z.string().optional().describe('The variant of the image; the default image if left out.'),
  image: z
    .string()
    .optional()
    .describe(
      'The image, as registry/repository@sha256:…; what the last receipt of the project names if left out.',
    ),
  policy: z
    .string()
    .default('verify-policy.json')
    .describe('Whom to trust for which repositories; a file relative to the workspace.'),
  layers: z
    .boolean()
    .default(false)
    .describe('Fetch all layers and compare them with their digests. Engines do so when they pull.'),
  rebuild: z
    .boolean()
    .default(false)
    .describe(
      'Build the image again from the commit that its provenance names, in a temporary clone without caches of results, and compare the digests.',
    ),
  writePolicy: z
    .string()
    .optional()
    .describe(
      'Write policy.json and registries.d for podman and skopeo into this directory, from the rules of the policy, and verify nothing.',
    ),
  ...reachFields,
  timeout: z
    .number()
    .positive()
    .default(600)
    .describe('Seconds for one call of a program; a rebuild has six times as long.'),
  json: z.boolean().default(false).describe('Print the result as one line of JSON.'),
});

export type VerifyOptions = z.infer<typeof options>;
