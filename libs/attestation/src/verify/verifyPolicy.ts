import { failed, ok, type Result, verifyFailure } from '@prism-build/errors';
import { checkValue, type Refuse, readJson } from '@prism-build/policy';
import * as z from 'zod';

const pattern = (what: string) =>
  z.array(z.string().min(1)).min(1).describe(`${what} A \`*\` at the end stands for any text.`);

const identity = z.strictObject({
  issuer: z
    .string()
    .min(1)
    .describe(
      'The service that gives tokens to workflows, as in https://token.actions.githubusercontent.com.',
    ),
  subject: z
    .string()
    .min(1)
    .refine((text) => text !== '*', 'would allow everybody whom the issuer knows')
    .describe(
      'The workflow or e-mail address in the certificate, as in https://github.com/team/app/.github/workflows/release.yml@refs/heads/main. A `*` at the end stands for any text.',
    ),
});

const rule = z
  .strictObject({
    repositories: z
      .array(
        z
          .string()
          .regex(/^[^/\s]+(\/[^/\s]+)*$/, 'is no repository or namespace such as registry.example/team'),
      )
      .min(1)
      .describe(
        'Repositories, or namespaces with all repositories below them, as in registry.example/team. The longest that fits counts.',
      ),
    keys: z
      .array(z.string().min(1))
      .min(1)
      .optional()
      .describe(
        'Public keys, of which one, or one of the identities, must have signed: files relative to the workspace, env://VARIABLE, or URIs of a KMS.',
      ),
    identities: z
      .array(identity)
      .min(1)
      .optional()
      .describe(
        'Identities, of which one, or one of the keys, must have signed, with a certificate of Fulcio.',
      ),
    sigstoreRoots: z
      .string()
      .min(1)
      .optional()
      .describe(
        'A directory with fulcio.pem, rekor.pub and, if the authority has a log, ctfe.pub, relative to the workspace: whose certificates and log entries of identities count. The public instance of Sigstore if left out.',
      ),
    platforms: z
      .array(z.string())
      .min(1)
      .optional()
      .describe('Platforms that the image must have, as in linux/arm64. A single manifest is refused then.'),
    require: z
      .array(z.enum(['provenance', 'sbom']))
      .default(['provenance', 'sbom'])
      .describe('What must be attached to the manifest of each platform.'),
    builders: pattern('Builder ids that the provenance may name.').optional(),
    sources: pattern(
      'Repositories that the provenance may name, as in git+https://git.example/team/app.',
    ).optional(),
  })
  .refine(({ require, builders, sources }) => !require.includes('provenance') || (builders && sources), {
    message: 'needs `builders` and `sources`, because `require` has provenance',
  })
  .refine(({ keys, identities }) => keys || identities, { message: 'needs `keys` or `identities`' })
  .refine(({ identities, sigstoreRoots }) => identities || sigstoreRoots === undefined, {
    message: '`sigstoreRoots` has no effect without `identities`',
  });

const verifyPolicy = z.strictObject({ $schema: z.string().optional(), rules: z.array(rule).min(1) });

/** Whom to trust for which repositories: verify-policy.json. */
export type VerifyPolicy = z.infer<typeof verifyPolicy>;
export type VerifyRule = z.infer<typeof rule>;

/** JSON schema (2020-12) of verify-policy.json. */
export const makeVerifyPolicySchema = () => z.toJSONSchema(verifyPolicy, { io: 'input' });

const refuse: Refuse = (file, line, what, why) =>
  verifyFailure('VERIFY_POLICY_INVALID', { what, why, at: { file, line } });

/** Failures: VERIFY_POLICY_INVALID, one for each violation, with its line. */
export function parseVerifyPolicy(text: string, file: string): Result<VerifyPolicy> {
  const located = readJson(text, file, refuse);
  return located.ok ? checkValue(located.value, verifyPolicy) : located;
}

/** The rule for a repository, with its registry. Failure: VERIFY_REPOSITORY_UNKNOWN. */
export function findRule({ rules }: VerifyPolicy, repository: string): Result<VerifyRule> {
  const fits = (one: string) => repository === one || repository.startsWith(`${one}/`);
  const found = rules
    .flatMap((one) => one.repositories.filter(fits).map((name) => ({ one, length: name.length })))
    .sort((a, b) => b.length - a.length);
  if (found[0]) return ok(found[0].one);
  return failed(
    verifyFailure('VERIFY_REPOSITORY_UNKNOWN', { what: `no rule of the policy is for ${repository}` }),
  );
}

/** Whether a text is one of the patterns, of which each may end with `*`. */
export function isAllowed(text: string, patterns: readonly string[]): boolean {
  return patterns.some((one) => (one.endsWith('*') ? text.startsWith(one.slice(0, -1)) : text === one));
}
