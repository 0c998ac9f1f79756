import { failed, ok, type Result, signFailure } from '@prism-build/errors';
import * as z from 'zod';
import { parseJson } from '../claims/signature';

type Environment = Readonly<Record<string, string | undefined>>;

/** Who signs without a key of their own: what Fulcio writes into a certificate. */
export interface SigningIdentity {
  /** The service that vouches for the subject, as in https://token.actions.githubusercontent.com. */
  readonly issuer: string;
  /** The workflow, service account or e-mail address. */
  readonly subject: string;
}

const claims = z.looseObject({
  iss: z.string().min(1),
  sub: z.string().min(1),
  exp: z.number(),
  email: z.string().optional(),
  job_workflow_ref: z.string().optional(),
  ci_config_ref_uri: z.string().optional(),
});

/**
 * The identity for which Fulcio issues a certificate when it gets this token: the workflow of GitHub or GitLab, else the e-mail
 * address, else the subject (fulcio/config/identity/config.yaml). Fulcio verifies the token; here it is only read. `now` is in
 * milliseconds since 1970. Failure: SIGN_IDENTITY_INVALID.
 */
export function identityOf(token: string, env: Environment, now: number): Result<SigningIdentity> {
  const refuse = (what: string) => failed(signFailure('SIGN_IDENTITY_INVALID', { what }));
  const [, payload = '', signature] = token.split('.');
  const read = claims.safeParse(parseJson(Buffer.from(payload, 'base64url').toString())).data;
  if (!read || !signature) return refuse('the identity token is no JWT with `iss`, `sub` and `exp`');
  const { iss: issuer, sub, exp, email, job_workflow_ref: workflow, ci_config_ref_uri: pipeline } = read;
  if (!(exp * 1000 > now))
    return refuse(`the identity token of ${issuer} was valid until ${describeTime(exp)}`);
  if (workflow !== undefined)
    return ok({ issuer, subject: `${env.GITHUB_SERVER_URL || 'https://github.com'}/${workflow}` });
  return ok({ issuer, subject: pipeline === undefined ? (email ?? sub) : `https://${pipeline}` });
}

function describeTime(seconds: number): string {
  const date = new Date(seconds * 1000);
  return Number.isNaN(date.getTime()) ? `${seconds}` : date.toISOString();
}
