import { failed, ok, type Result, signFailure } from '@prism-build/errors';
import * as z from 'zod';

type Environment = Readonly<Record<string, string | undefined>>;

const TIMEOUT = 20_000;
const answer = z.looseObject({ value: z.string().min(1) });

/**
 * The identity token of this job, as CI services offer it: SIGSTORE_ID_TOKEN, which a job of GitLab declares, else that of GitHub's
 * service for jobs that may ask (https://docs.github.com/actions/reference/security/oidc). It is a secret: whoever has it can
 * sign. Failures: SIGN_IDENTITY_MISSING, SIGN_IDENTITY_INVALID.
 */
export async function readToken(env: Environment): Promise<Result<string>> {
  const { SIGSTORE_ID_TOKEN: token, ACTIONS_ID_TOKEN_REQUEST_URL: url } = env;
  if (token) return ok(token.trim());
  const bearer = env.ACTIONS_ID_TOKEN_REQUEST_TOKEN;
  if (url && bearer) return askGitHub(url, bearer);
  const what = env.GITHUB_ACTIONS
    ? 'this job of GitHub Actions may not ask for an identity token'
    : 'there is no identity to sign with: SIGSTORE_ID_TOKEN is not set, and this is no job of GitHub Actions';
  const remedy = env.GITHUB_ACTIONS && 'Add `permissions: { id-token: write }` to the job.';
  return failed(signFailure('SIGN_IDENTITY_MISSING', { what, ...(remedy && { remedy }) }));
}

async function askGitHub(url: string, bearer: string): Promise<Result<string>> {
  const refuse = (why: string) =>
    failed(
      signFailure('SIGN_IDENTITY_INVALID', { what: 'the identity service of GitHub gave no token', why }),
    );
  try {
    const address = new URL(url);
    address.searchParams.set('audience', 'sigstore');
    const headers = { authorization: `Bearer ${bearer}`, accept: 'application/json' };
    const response = await fetch(address, { headers, signal: AbortSignal.timeout(TIMEOUT) });
    if (!response.ok) return refuse(`${address.host} answered ${response.status}.`);
    const read = answer.safeParse(await response.json()).data;
    return read ? ok(read.value) : refuse(`${address.host} answered without \`value\`.`);
  } catch (error) {
    // `fetch failed` says nothing; its cause does.
    const { message, cause } = error as Error;
    return refuse(cause instanceof Error ? cause.message : message);
  }
}
