import * as z from 'zod';
import { list, reachFields } from '../../signing/reachFields';

/** Options of the `push-manifest` executor. */
export const options = z.object({
  variant: z.string().optional().describe('The variant of the image; the default image if left out.'),
  registry: z
    .string()
    .optional()
    .describe(
      'Where to push: host[:port]/path, without a tag. The name of the project goes behind it. Usually from the options of the plugin in nx.json.',
    ),
  repository: z
    .string()
    .optional()
    .describe('The name behind the registry; the name of the project if left out.'),
  tags: list('tag rules')
    .default(['latest'])
    .describe(
      'Tags, separated by commas. {version}, {sha} and {branch} are replaced; a variant gets -<variant> behind it.',
    ),
  immutableTags: list('texts of tag rules')
    .default(['{version}', '{sha}'])
    .describe('A tag whose rule contains one of these texts never moves to another digest.'),
  imageVersion: z
    .string()
    .optional()
    .describe('What {version} stands for; "version" in package.json of the project if left out.'),
  requireClean: z
    .boolean()
    .default(false)
    .describe('Refuse to push from a work tree with changes that are not committed.'),
  revoked: z
    .string()
    .min(1)
    .optional()
    .describe(
      'A file with digests of bases that must not be used, and the reasons, relative to the workspace; revoked-bases.json, if it is there, if left out.',
    ),
  sign: z
    .string()
    .min(1)
    .optional()
    .describe(
      'The key that signs index and platforms: a file relative to the workspace (its password in COSIGN_PASSWORD), env://VARIABLE, or the URI of a KMS. Not signed if left out.',
    ),
  builderId: z
    .url()
    .optional()
    .describe(
      'A URI for who builds, in the provenance; that of the CI service, or urn:prism-build:local, if left out.',
    ),
  ...reachFields,
  force: z
    .boolean()
    .default(false)
    .describe(
      'Ask for every blob, and send missing ones, even if the registry has the image under all tags.',
    ),
  json: z.boolean().default(false).describe('Print the receipt as one line of JSON.'),
  dryRun: z.boolean().default(false).describe('Print the plan as JSON; judge and send nothing.'),
});

export type PushOptions = z.infer<typeof options>;
