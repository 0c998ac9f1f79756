import { reportFormatNames } from '@prism-build/policy';
import * as z from 'zod';
import { reachFields } from '../../signing/reachFields';

const formats = z.enum(reportFormatNames);
const names = reportFormatNames.join(', ');

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
  allowHttp: reachFields.allowHttp,
  certDir: reachFields.certDir,
  policy: z
    .string()
    .optional()
    .describe(
      'A policy file, relative to the workspace; its fields count before those of scan-policy.json, project.json and nx.json.',
    ),
  format: z
    .union([
      z.array(formats),
      z
        .string()
        .transform((text) => text.split(','))
        .pipe(z.array(formats)),
    ])
    .default(['table'])
    .describe(`Forms of the result, separated by commas: ${names}.`),
  output: z
    .string()
    .min(1)
    .optional()
    .describe(
      'File for the result, relative to the workspace; {image} and {format} in it are replaced. The terminal shows the table.',
    ),
  since: z
    .string()
    .min(1)
    .optional()
    .describe(
      'JSON of an earlier scan, relative to the workspace: shows only findings that are new, and those that are gone.',
    ),
  json: z.boolean().default(false).describe('The same as --format=json: one line.'),
  dryRun: z
    .boolean()
    .default(false)
    .describe('Print scanner, database, and the policy with the source of each value; scan nothing.'),
});

export type ScanOptions = z.infer<typeof options>;
