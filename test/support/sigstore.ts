import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, sign } from 'node:crypto';
import * as fs from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { canonicalJson, type Json } from '@prism-build/oci';
import { freePort } from './registry';

/** An instance of Sigstore on loopback: who issues tokens, the authority, and the log. */
export interface Sigstore {
  readonly issuer: string;
  readonly fulcio: string;
  readonly rekor: string;
  /** A directory with fulcio.pem and rekor.pub. */
  readonly roots: string;
  /** A token for these claims, which lives for `seconds`. */
  readonly token: (claims: object, seconds?: number) => string;
  /** What the log says about when entries were made, in seconds since 1970. */
  readonly clock: { now: () => number };
  /** Kinds of the entries in the log. */
  readonly entries: () => readonly string[];
  readonly stop: () => Promise<void>;
}

const [path, text] = ['/api/v1/log/entries', (value: unknown) => Buffer.from(JSON.stringify(value))];
const base64url = (value: unknown) => text(value).toString('base64url');
const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

/**
 * Starts them. The log stands in for Rekor: it signs when it saw an entry, and has no proofs of inclusion. The authority stands in for
 * Fulcio, and issues by openssl; PRISM_TEST_FULCIO names a real one to start instead.
 */
export async function makeSigstore(directory: string): Promise<Sigstore> {
  fs.mkdirSync(directory, { recursive: true });
  const file = (name: string) => join(directory, name);
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: directory, stdio: 'pipe' });
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const as = (name: string) => ['-keyout', `${name}.key`, '-out', `${name}.pem`, '-days', '1'];
  openssl('req', '-x509', ...newKey, ...as('fulcio'), '-subj', '/CN=authority');
  openssl('req', '-x509', ...newKey, ...as('rekor'), '-subj', '/CN=log');
  const logKey = createPrivateKey(fs.readFileSync(file('rekor.key')));
  const logPublic = createPublicKey(logKey);
  fs.writeFileSync(file('rekor.pub'), logPublic.export({ type: 'spki', format: 'pem' }));
  const logID = sha256(logPublic.export({ type: 'spki', format: 'der' }));
  const tokens = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const clock = { now: () => Math.floor(Date.now() / 1000) };
  const kinds: string[] = [];

  /** As Fulcio: https://github.com/sigstore/fulcio/blob/main/docs/oid-info.md */
  const certify = (bearer: string, { publicKey }: { publicKey: { content: string } }) => {
    const claims = JSON.parse(Buffer.from(bearer.split('.')[1] ?? '', 'base64url').toString());
    if (claims.aud !== 'sigstore') throw new Error('another audience');
    const workflow = claims.job_workflow_ref as string | undefined;
    const name = workflow === undefined ? `email:${claims.email}` : `URI:https://github.com/${workflow}`;
    fs.writeFileSync(file('leaf.pub'), Buffer.from(publicKey.content, 'base64'));
    fs.writeFileSync(
      file('leaf.ext'),
      [
        `subjectAltName=critical,${name}`,
        'keyUsage=critical,digitalSignature',
        'extendedKeyUsage=codeSigning',
        `1.3.6.1.4.1.57264.1.1=DER:${Buffer.from(claims.iss).toString('hex')}`,
        `1.3.6.1.4.1.57264.1.8=ASN1:UTF8String:${claims.iss}`,
      ].join('\n'),
    );
    const by = ['-CA', 'fulcio.pem', '-CAkey', 'fulcio.key', '-extfile', 'leaf.ext', '-days', '1'];
    const leaf = openssl('x509', '-new', '-force_pubkey', 'leaf.pub', '-subj', '/', ...by);
    return Buffer.concat([leaf, fs.readFileSync(file('fulcio.pem'))]);
  };
  const enter = (proposed: { kind: string; apiVersion: string; spec: Record<string, unknown> }) => {
    const { kind, apiVersion, spec } = proposed;
    const body = text({ kind, apiVersion, spec: kind === 'dsse' ? entryOf(spec) : spec }).toString('base64');
    const entry = { body, integratedTime: clock.now(), logID, logIndex: kinds.push(kind) - 1 };
    const signedEntryTimestamp = sign('sha256', Buffer.from(canonicalJson(entry as Json)), logKey);
    const verification = { signedEntryTimestamp: signedEntryTimestamp.toString('base64') };
    return text({ [sha256(Buffer.from(body))]: { ...entry, verification } });
  };
  const answer = (request: IncomingMessage, body: string, own: string): [number, Buffer] => {
    const { url, method, headers } = request;
    if (url === '/.well-known/openid-configuration')
      return [200, text({ issuer: own, jwks_uri: `${own}/keys`, ...discovery })];
    if (url === '/keys') {
      const key = { ...tokens.publicKey.export({ format: 'jwk' }), kid: 'one', alg: 'RS256', use: 'sig' };
      return [200, text({ keys: [key] })];
    }
    if (method === 'POST' && url === path) return [201, enter(JSON.parse(body))];
    if (method === 'POST' && url === '/api/v1/signingCert')
      return [201, certify(headers.authorization ?? '', JSON.parse(body))];
    return [404, text({})];
  };
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const own = `http://${request.headers.host}`;
    try {
      const [status, bytes] = answer(request, body, own);
      const type = request.url?.endsWith('Cert') ? 'application/pem-certificate-chain' : 'application/json';
      response.writeHead(status, { 'content-type': type, location: path }).end(bytes);
    } catch (error) {
      response.writeHead(401).end((error as Error).message);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const own = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const program = process.env.PRISM_TEST_FULCIO;
  const real = program === undefined ? undefined : await startFulcio(program, directory, own);
  return {
    issuer: own,
    fulcio: real?.url ?? own,
    rekor: own,
    roots: directory,
    clock,
    entries: () => kinds,
    token: (claims, seconds = 300) => {
      const iat = Math.floor(Date.now() / 1000);
      const all = { iss: own, aud: 'sigstore', sub: 'a job', iat, exp: iat + seconds, ...claims };
      const signed = `${base64url({ alg: 'RS256', kid: 'one' })}.${base64url(all)}`;
      return `${signed}.${sign('sha256', Buffer.from(signed), tokens.privateKey).toString('base64url')}`;
    },
    stop: async () => {
      real?.child.kill();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const discovery = {
  ...{ response_types_supported: ['id_token'], subject_types_supported: ['public'] },
  id_token_signing_alg_values_supported: ['RS256'],
};

/** What Rekor keeps of an envelope: digests and signatures. */
function entryOf({ proposedContent }: Record<string, unknown>) {
  const { envelope, verifiers } = proposedContent as { envelope: string; verifiers: string[] };
  const { payload, signatures } = JSON.parse(envelope) as {
    payload: string;
    signatures: { sig: string }[];
  };
  const hash = (bytes: Buffer) => ({ algorithm: 'sha256', value: sha256(bytes) });
  return {
    envelopeHash: hash(Buffer.from(envelope)),
    payloadHash: hash(Buffer.from(payload, 'base64')),
    signatures: signatures.map(({ sig }, at) => ({ signature: sig, verifier: verifiers[at] })),
  };
}

/** A real Fulcio with a certificate authority in its memory, which trusts the issuer; its root replaces the other one. */
async function startFulcio(program: string, directory: string, issuer: string) {
  const [port, grpc, metrics] = [await freePort(), await freePort(), await freePort()];
  const url = `http://127.0.0.1:${port}`;
  const known = { IssuerURL: issuer, ClientID: 'sigstore', Type: 'github-workflow' };
  fs.writeFileSync(join(directory, 'config.json'), JSON.stringify({ OIDCIssuers: { [issuer]: known } }));
  const log = fs.openSync(join(directory, 'fulcio.log'), 'w');
  const child: ChildProcess = spawn(
    program,
    [
      'serve',
      '--ca=ephemeralca',
      '--ct-log-url=',
      '--host=127.0.0.1',
      '--grpc-host=127.0.0.1',
      `--port=${port}`,
      `--grpc-port=${grpc}`,
      `--metrics-port=${metrics}`,
      `--legacy-unix-domain-socket=${join(directory, 'fulcio.socket')}`,
      `--config-path=${join(directory, 'config.json')}`,
    ],
    { stdio: ['ignore', log, log] },
  );
  for (const end = Date.now() + 20_000; ; await new Promise((resolve) => setTimeout(resolve, 50))) {
    const answer = await fetch(`${url}/api/v1/rootCert`).catch(() => undefined);
    if (answer?.ok) {
      fs.writeFileSync(join(directory, 'fulcio.pem'), await answer.text());
      return { url, child };
    }
    if (Date.now() > end) throw new Error('Fulcio did not start');
  }
}
