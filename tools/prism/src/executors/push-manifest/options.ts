import * as z from 'zod';
import { list, reachFields } from '../../signing/reachFields';

/** The token of the job is sent there, so the connection must be private. */
const service = (what: string) =>
  z
    .string()
    .refine(isPrivate, 'expected an https URL; http is for loopback only')
    .describe(`The URL of a service ${what}; the public instance of Sigstore if left out.`);

function isPrivate(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  return (
    protocol === 'https:' || (protocol === 'http:' && /^(127\.0\.0\.1|localhost|\[::1\])$/.test(hostname))
  );
}

/** Options of the `push-manifest` executor. */
const fields = z.object({
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
      'The key that signs index and platforms: a file relative to the workspace (its password in COSIGN_PASSWORD), env://VARIABLE, or the URI of a KMS. With keyless, the identity of the CI job signs. Not signed if left out.',
    ),
  fulcio: service('that certifies the identity of a keyless signature').optional(),
  rekor: service('with the log of keyless signatures').optional(),
  sigstoreRoots: z
    .string()
    .min(1)
    .optional()
    .describe(
      'A directory with fulcio.pem, rekor.pub and, if the authority has a log, ctfe.pub of these services, relative to the workspace. The public instance of Sigstore if left out.',
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

export const options = fields.superRefine(({ sign, fulcio, rekor, sigstoreRoots }, { addIssue }) => {
  const refuse = (name: string, message: string) => addIssue({ code: 'custom', path: [name], message });
  // With a key they have no effect either, but the command line must be able to name one.
  if (sign === undefined)
    for (const [name, value] of Object.entries({ fulcio, rekor, sigstoreRoots }))
      if (value !== undefined) refuse(name, 'has no effect without `sign: "keyless"`');
  if (sign === 'keyless' && (fulcio ?? rekor) !== undefined && sigstoreRoots === undefined)
    refuse('sigstoreRoots', 'is needed, because the roots of the public instance do not fit another one');
});

export type PushOptions = z.infer<typeof options>;
