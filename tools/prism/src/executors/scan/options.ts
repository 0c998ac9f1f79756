import * as z from 'zod';

/** Options of the `scan` executor. */
export const options = z.object({
  variant: z.string().optional().describe('The variant of the image; the default image if left out.'),
  db: z
    .string()
    .optional()
    .describe(
      'A directory with trivy.db and metadata.json, relative to the workspace; PRISM_SCAN_DB if left out.',
    ),
  image: z
    .union([z.string(), z.array(z.string())])
    .optional()
    .describe(
      'Scan this image of a registry instead of the one in the workspace, as in host/name@sha256:…; may be repeated.',
    ),
  images: z
    .string()
    .optional()
    .describe(
      'A file with images of registries to scan, one a line, relative to the workspace; # starts a comment.',
    ),
  policy: z
    .string()
    .optional()
    .describe(
      'A policy file, relative to the workspace; scan-policy.json of the project or the workspace if left out.',
    ),
  json: z.boolean().default(false).describe('Print the decision as one line of JSON.'),
  dryRun: z
    .boolean()
    .default(false)
    .describe('Print what would be scanned, with which scanner, and scan nothing.'),
});

export type ScanOptions = z.infer<typeof options>;
