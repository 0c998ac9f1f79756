import { execFileSync } from 'node:child_process';
import { createPublicKey } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { createServer as createHttp, type IncomingMessage, type Server } from 'node:http';
import { createServer as createHttps } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { makeCertificates } from './certificates';

/** A service on loopback that keeps a key and signs by it. */
export interface Kms {
  /** The key as cosign takes it. */
  readonly key: string;
  /** What cosign needs in its environment, the secret among it. */
  readonly env: Readonly<Record<string, string>>;
  /** What it was asked to do. */
  readonly asked: readonly string[];
  readonly close: () => Promise<void>;
}

type Answer = readonly [status: number, body: object];
type Responder = (headers: IncomingMessage['headers'], url: string, body: Record<string, string>) => Answer;

/** Vault's engine for signatures, as far as cosign asks it (https://developer.hashicorp.com/vault/api-docs/secret/transit). */
export async function startVault(directory: string, token: string): Promise<Kms> {
  const { pem, signDigest } = makeKey(directory);
  const asked: string[] = [];
  const { port, close } = await serve(createHttp(), ({ 'x-vault-token': given }, url, { input }) => {
    asked.push(url);
    if (given !== token) return [403, { errors: ['permission denied'] }];
    if (url === '/v1/transit/keys/release')
      return [200, { data: { latest_version: 1, keys: { 1: { public_key: pem } } } }];
    if (url !== '/v1/transit/sign/release/sha2-256') return [404, { errors: [] }];
    return [200, { data: { signature: `vault:v1:${signDigest(input!)}` } }];
  });
  const env = { VAULT_ADDR: `http://127.0.0.1:${port}`, VAULT_TOKEN: token };
  return { key: 'hashivault://release', env, asked, close };
}

/** KMS of AWS, as far as cosign asks it (https://docs.aws.amazon.com/kms/latest/APIReference), with TLS, which cosign demands. */
export async function startAwsKms(directory: string, secret: string): Promise<Kms> {
  const { pem, signDigest } = makeKey(directory);
  const tls = makeCertificates(join(directory, 'tls'), ['localhost']);
  const asked: string[] = [];
  const about = { KeyId: 'one', KeyUsage: 'SIGN_VERIFY', SigningAlgorithms: ['ECDSA_SHA_256'] };
  const server = createHttps({ cert: readFileSync(tls.server), key: readFileSync(tls.serverKey) });
  const { port, close } = await serve(server, ({ 'x-amz-target': target }, _, { Message }) => {
    asked.push(String(target));
    if (target === 'TrentService.DescribeKey') return [200, { KeyMetadata: about }];
    if (target === 'TrentService.GetPublicKey') {
      const der = createPublicKey(pem).export({ type: 'spki', format: 'der' });
      return [200, { ...about, PublicKey: der.toString('base64') }];
    }
    if (target === 'TrentService.Sign') return [200, { KeyId: 'one', Signature: signDigest(Message!) }];
    return [400, { __type: 'UnknownOperationException' }];
  });
  const env = {
    ...{ AWS_REGION: 'eu-west-1', AWS_ACCESS_KEY_ID: 'someone', AWS_SECRET_ACCESS_KEY: secret },
    ...{ AWS_EC2_METADATA_DISABLED: 'true', AWS_CA_BUNDLE: tls.ca },
  };
  return { key: `awskms://localhost:${port}/alias/release`, env, asked, close };
}

/** A key that signs digests. node:crypto signs messages only. */
function makeKey(directory: string) {
  mkdirSync(directory, { recursive: true });
  const openssl = (args: string[], input?: Buffer) =>
    execFileSync('openssl', args, { cwd: directory, input, stdio: 'pipe' });
  openssl(['genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256', '-out', 'kms.key']);
  return {
    pem: openssl(['pkey', '-in', 'kms.key', '-pubout']).toString(),
    signDigest: (digest: string) =>
      openssl(['pkeyutl', '-sign', '-inkey', 'kms.key'], Buffer.from(digest, 'base64')).toString('base64'),
  };
}

async function serve(server: Server, respond: Responder) {
  server.on('request', async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    const [status, body] = respond(request.headers, request.url!, JSON.parse(text || '{}'));
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const close = () => {
    server.closeAllConnections();
    return new Promise<void>((resolve) => server.close(() => resolve()));
  };
  return { port, close };
}
