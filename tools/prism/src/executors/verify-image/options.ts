import * as z from 'zod';

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
  allowHttp: z
    .union([z.array(z.string()), z.string().transform((text) => text.split(',').filter(Boolean))], {
      error: 'expected hosts, as a list or as a text with commas',
    })
    .default([])
    .describe('Registries, as host[:port], that may speak HTTP without TLS. Loopback always may.'),
  certDir: z
    .string()
    .optional()
    .describe(
      'A directory with ca.crt, and client.cert and client.key if the registry wants them, relative to the workspace.',
    ),
  timeout: z
    .number()
    .positive()
    .default(600)
    .describe('Seconds for one call of a program; a rebuild has six times as long.'),
  retries: z
    .int()
    .min(0)
    .max(20)
    .default(4)
    .describe('How often to repeat what failed by a broken connection, 429 or 5xx.'),
  json: z.boolean().default(false).describe('Print the result as one line of JSON.'),
});

export type VerifyOptions = z.infer<typeof options>;
