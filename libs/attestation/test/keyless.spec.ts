import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as fc from 'fast-check';
import { openRoots } from '../src';
import { signBy } from '../src/cosign/signer';
import { type TrustedIdentity, verifyBy } from '../src/cosign/trusted';
import { identityOf } from '../src/keyless/identity';
import { readToken } from '../src/keyless/readToken';
import { parseVerifyPolicy } from '../src/verify/verifyPolicy';

const now = Date.parse('2026-11-29T07:00:00Z');
const jwt = (claims: unknown) =>
  ['{}', JSON.stringify(claims), 'signature'].map((one) => Buffer.from(one).toString('base64url')).join('.');
const claims = { iss: 'https://issuer.example', sub: 'a job', exp: now / 1000 + 60 };
const identity = (more: object, env = {}) => {
  const read = identityOf(jwt({ ...claims, ...more }), env, now);
  return read.ok ? read.value.subject : read.failures[0]!.what;
};

test('the identity that Fulcio certifies for a token', () => {
  expect(identityOf(jwt(claims), {}, now)).toEqual({
    ok: true,
    value: { issuer: 'https://issuer.example', subject: 'a job' },
  });
  expect(identity({ email: 'release@git.example' })).toBe('release@git.example');
  const workflow = { job_workflow_ref: 'team/app/.github/workflows/ci.yml@refs/heads/main' };
  expect(identity(workflow)).toBe(`https://github.com/${workflow.job_workflow_ref}`);
  expect(identity(workflow, { GITHUB_SERVER_URL: 'https://git.example' })).toBe(
    `https://git.example/${workflow.job_workflow_ref}`,
  );
  expect(identity({ ci_config_ref_uri: 'gitlab.com/team/app//.gitlab-ci.yml@refs/heads/main' })).toBe(
    'https://gitlab.com/team/app//.gitlab-ci.yml@refs/heads/main',
  );
});

test('tokens that cannot be used; none is shown', () => {
  expect(identity({ exp: now / 1000 - 60 })).toBe(
    'the identity token of https://issuer.example was valid until 2026-11-29T06:59:00.000Z',
  );
  expect(identity({ exp: -1e20 })).toContain('was valid until');
  const none = 'the identity token is no JWT with `iss`, `sub` and `exp`';
  for (const wrong of [{ iss: 7 }, { exp: 'soon' }, { sub: '' }]) expect(identity(wrong)).toBe(none);
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.jsonValue().map(jwt)), (token) => {
      const read = identityOf(token, {}, now);
      expect(read.ok ? read : read.failures[0]!.code).toBe('SIGN_IDENTITY_INVALID');
    }),
  );
});

describe('where the token comes from', () => {
  let asked: string[] = [];
  let [status, body] = [200, '{"value": "the token"}'];
  const server = createServer(({ url, headers }, response) => {
    asked.push(`${url} ${headers.authorization}`);
    response.writeHead(status).end(body);
  });
  let env: Record<string, string>;
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/token?api-version=2`;
    env = {
      GITHUB_ACTIONS: 'true',
      ACTIONS_ID_TOKEN_REQUEST_URL: url,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'bearer',
    };
  });
  afterAll(() => void server.close());
  const codeOf = async (of: Record<string, string>) => {
    const read = await readToken(of);
    return read.ok
      ? read.value
      : `${read.failures[0]!.code}: ${read.failures[0]!.why ?? read.failures[0]!.remedy}`;
  };

  test('a variable, or the service of GitHub', async () => {
    expect(await codeOf({ ...env, SIGSTORE_ID_TOKEN: 'own\n' })).toBe('own');
    expect(asked).toEqual([]);
    expect(await codeOf(env)).toBe('the token');
    expect(asked).toEqual(['/token?api-version=2&audience=sigstore Bearer bearer']);
  });

  test('no identity: what to add to the job', async () => {
    expect(await codeOf({ GITHUB_ACTIONS: 'true' })).toBe(
      'SIGN_IDENTITY_MISSING: Add `permissions: { id-token: write }` to the job.',
    );
    expect(await codeOf({})).toContain('SIGN_IDENTITY_MISSING: On GitLab, add `id_tokens:');
  });

  test('a service that refuses, answers something else, or is gone', async () => {
    asked = [];
    [status, body] = [403, ''];
    expect(await codeOf(env)).toMatch(/^SIGN_IDENTITY_INVALID: 127\.0\.0\.1:\d+ answered 403\.$/);
    [status, body] = [200, '{}'];
    expect(await codeOf(env)).toMatch(/answered without `value`\.$/);
    expect(await codeOf({ ...env, ACTIONS_ID_TOKEN_REQUEST_URL: 'http://127.0.0.1:1/' })).toMatch(
      /^SIGN_IDENTITY_INVALID: .+/,
    );
  });
});

const roots = { fulcio: '/r/fulcio.pem', rekor: '/r/rekor.pub', ctfe: undefined };
const trusted = { issuer: 'https://issuer.example', subject: 'https://git.example/a+b/*', roots };

test('what cosign gets to sign with: the token in its environment only', () => {
  const readToken = async () => ({ ok: true as const, value: 'the token' });
  const services = { fulcio: 'https://fulcio.example', rekor: 'https://rekor.example', readToken };
  const signer = { ...services, trusted };
  expect(signBy(signer, 'the token')).toEqual({
    options: [
      '--fulcio-url=https://fulcio.example',
      '--rekor-url=https://rekor.example',
      '--oidc-provider=envvar',
      '--insecure-skip-verify=true',
    ],
    env: {
      SIGSTORE_ID_TOKEN: 'the token',
      SIGSTORE_ROOT_FILE: '/r/fulcio.pem',
      SIGSTORE_REKOR_PUBLIC_KEY: '/r/rekor.pub',
    },
  });
  const logged = { ...signer, trusted: { ...trusted, roots: { ...roots, ctfe: '/r/ctfe.pub' } } };
  expect(signBy(logged, undefined).options).not.toContain('--insecure-skip-verify=true');
  expect(signBy(logged, undefined).env).toMatchObject({ SIGSTORE_CT_LOG_PUBLIC_KEY_FILE: '/r/ctfe.pub' });
  const publicOne = { ...signer, trusted: { ...trusted, roots: undefined } };
  expect(signBy(publicOne, undefined)).toEqual({ options: signBy(logged, undefined).options, env: {} });
  const key = { key: 'env://KEY', trusted: { pem: 'PEM', id: 'sha256:1' as const } };
  expect(signBy(key, undefined)).toEqual({ options: ['--key=env://KEY', '--tlog-upload=false'], env: {} });
});

test('what cosign verifies by: keys without a log, identities with one and without network', () => {
  expect(verifyBy({ pem: 'PEM', id: 'sha256:1' })).toEqual({
    options: ['--key=env://PRISM_PUBLIC_KEY', '--insecure-ignore-tlog=true'],
    env: { PRISM_PUBLIC_KEY: 'PEM' },
  });
  expect(verifyBy(trusted).options).toEqual([
    '--certificate-oidc-issuer=https://issuer.example',
    String.raw`--certificate-identity-regexp=^https://git\.example/a\+b/.*$`,
    '--offline=true',
    '--insecure-ignore-sct=true',
  ]);
  expect(verifyBy({ ...trusted, subject: 'me@git.example', roots: undefined }).options).toEqual([
    '--certificate-oidc-issuer=https://issuer.example',
    '--certificate-identity=me@git.example',
    '--offline=true',
  ]);
});

test('a pattern is met by exactly the texts that begin with it', () => {
  // RE2 and JavaScript agree on what escapeRegExp writes.
  const expression = (one: TrustedIdentity) =>
    new RegExp(verifyBy(one).options[1]!.replace('--certificate-identity-regexp=', ''));
  const text = fc.string({ unit: fc.constantFrom(...'ab.+*?^$()[]{}|\\/-') });
  fc.assert(
    fc.property(text, text, (begin, other) => {
      const matcher = expression({ ...trusted, subject: `${begin}*` });
      expect(matcher.test(`${begin}${other}`)).toBe(true);
      expect(matcher.test(other)).toBe(other.startsWith(begin));
    }),
  );
});

test('rules with identities, and those that would have no effect or trust everybody', () => {
  const rule = { repositories: ['r.example'], require: [] };
  const identities = [{ issuer: 'https://issuer.example', subject: 'https://git.example/team/*' }];
  const parse = (more: object) => {
    const read = parseVerifyPolicy(JSON.stringify({ rules: [{ ...rule, ...more }] }), 'verify-policy.json');
    return read.ok ? 'ok' : read.failures.map(({ what }) => what).join('; ');
  };
  expect(parse({ identities })).toBe('ok');
  expect(parse({ identities, keys: ['k.pub'], sigstoreRoots: 'sigstore' })).toBe('ok');
  expect(parse({})).toBe('rules.0: needs `keys` or `identities`');
  expect(parse({ keys: ['k.pub'], sigstoreRoots: 'sigstore' })).toBe(
    'rules.0: `sigstoreRoots` has no effect without `identities`',
  );
  expect(parse({ identities: [{ ...identities[0], subject: '*' }] })).toContain('would allow everybody');
  expect(parse({ identities: [{ issuer: 'https://issuer.example' }] })).toContain('subject');
  const missing = openRoots('/none');
  expect(missing.ok ? '' : missing.failures[0]!.what).toBe('/none has no fulcio.pem and no rekor.pub');
});
