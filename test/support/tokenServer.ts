import { randomUUID, sign, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import * as http from 'node:http';
import type { AddressInfo } from 'node:net';

/** An account of a token server: what its tokens allow, and whether they are still valid. */
export interface TokenAccount {
  readonly password: string;
  readonly actions: readonly ('pull' | 'push')[];
  readonly expired?: boolean;
}

export interface TokenServer {
  readonly realm: string;
  readonly issuer: string;
  readonly service: string;
  readonly close: () => Promise<void>;
}

const issuer = 'prism test';
const service = 'registry';

/**
 * Issues tokens as the token authentication of registries describes it (distribution/docs/spec/auth/token), to those who give
 * a password, or the refresh token `refresh-<account>`. `key` belongs to `certificate`, which the registry trusts.
 */
export async function startTokenServer(
  certificate: string,
  key: string,
  accounts: Readonly<Record<string, TokenAccount>>,
): Promise<TokenServer> {
  const x5c = [new X509Certificate(readFileSync(certificate)).raw.toString('base64')];
  const privateKey = readFileSync(key, 'utf8');
  const issue = (account: TokenAccount, scopes: readonly string[]) => {
    const now = Math.floor(Date.now() / 1000);
    const access = scopes.map((scope) => {
      const [type, name, actions = ''] = scope.split(':');
      return {
        type,
        name,
        actions: actions.split(',').filter((one) => account.actions.includes(one as 'pull')),
      };
    });
    const exp = account.expired ? now - 3600 : now + 300;
    const claims = { iss: issuer, sub: 'test', aud: service, nbf: now - 7200, iat: now - 7200, exp, access };
    const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const text = `${encode({ typ: 'JWT', alg: 'ES256', x5c })}.${encode({ ...claims, jti: randomUUID() })}`;
    const made = sign('sha256', Buffer.from(text), { key: privateKey, dsaEncoding: 'ieee-p1363' });
    return `${text}.${made.toString('base64url')}`;
  };
  const server = http.createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    const url = new URL(request.url!, 'http://localhost');
    const form = new URLSearchParams(body);
    const basic = request.headers.authorization?.split(' ')[1] ?? '';
    const [user = '', password] = Buffer.from(basic, 'base64').toString().split(':');
    const refresh = form.get('refresh_token')?.replace('refresh-', '');
    const account = accounts[refresh ?? user];
    if (!account || (refresh === undefined && account.password !== password))
      return response.writeHead(401).end('{"details":"incorrect username or password"}');
    const scopes = [...url.searchParams.getAll('scope'), ...(form.get('scope')?.split(' ') ?? [])];
    const token = issue(account, scopes.filter(Boolean));
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ token, access_token: token, expires_in: 300 }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    realm: `http://127.0.0.1:${(server.address() as AddressInfo).port}/token`,
    issuer,
    service,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
