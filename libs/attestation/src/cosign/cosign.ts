import { createHash, createPublicKey } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Failure, failed, ok, type Result, signFailure } from '@prism-build/errors';
import type { Digest } from '@prism-build/oci';
import {
  type Connection,
  type Destination,
  formatReference,
  type Patience,
  type Reference,
  withRetries,
} from '@prism-build/registry';
import type { Run } from '@prism-build/shell';
import { parseSignatures, type SignatureClaim } from '../claims/signature';
import { parseStatements, type Statement } from '../claims/statement';
import { type Certificate, cosignCalls } from './cosignCalls';
import { describeKeyFailure, describeReadFailure, describeSignFailure, isAbsent } from './cosignFailures';

/** How to run cosign against a registry. */
export interface CosignTools {
  readonly run: Run;
  readonly program: string;
  readonly connection: Connection;
  /** The complete environment: credentials, and COSIGN_PASSWORD for keys in files. */
  readonly env: Readonly<Record<string, string>>;
  /** Milliseconds for one call. */
  readonly timeout: number;
  readonly patience: Patience;
}

/** A public key, and its name in receipts and records. */
export interface PublicKey {
  readonly pem: string;
  /** SHA-256 of the key as SubjectPublicKeyInfo in DER. */
  readonly id: `sha256:${string}`;
}

/** cosign reads the public key from this variable, so that no file is needed. */
const VARIABLE = 'PRISM_PUBLIC_KEY';

/** cosign 2 as functions. Keys are what cosign takes: a file, `env://VARIABLE`, or the URI of a KMS. */
export function openCosign(tools: CosignTools) {
  const { run, connection, timeout, patience } = tools;
  // Without this variable, cosign takes the password from standard input, where the predicate is.
  const env = { COSIGN_PASSWORD: '', ...tools.env };
  const calls = cosignCalls(tools.program, connection, listCertificates(connection.certDir));
  const call = (
    argv: readonly [string, ...string[]],
    describe: (failure: Failure) => Failure,
    more: { readonly input?: string; readonly key?: PublicKey } = {},
  ): Promise<Result<string>> =>
    withRetries(patience, async () => {
      const { input, key } = more;
      const done = await run({
        argv,
        timeout,
        env: key ? { ...env, [VARIABLE]: key.pem } : env,
        ...(input !== undefined && { input }),
      });
      return done.ok ? ok(done.value.stdout) : failed(...done.failures.map(describe));
    });
  const read = async <T>(
    argv: readonly [string, ...string[]],
    image: Reference,
    key: PublicKey,
    parse: (text: string) => readonly T[] | undefined,
  ): Promise<Result<readonly T[]>> => {
    const done = await call(argv, (failure) => describeReadFailure(image, failure), { key });
    if (!done.ok) return done.failures.every(isAbsent) ? ok([]) : done;
    const parsed = parse(done.value);
    if (parsed) return ok(parsed);
    const what = `cosign printed what is no claim about ${formatReference(image)}`;
    return failed(signFailure('SIGN_FAILED', { what }));
  };
  return {
    /** The public half of a key. Failures: SIGN_KEY_INVALID, SIGN_COSIGN_MISSING. */
    readKey: async (key: string): Promise<Result<PublicKey>> => {
      const done = await call(calls.publicKey(key), (failure) => describeKeyFailure(key, failure));
      return done.ok ? parsePublicKey(done.value, key) : done;
    },
    /** Signs manifests and indexes for their repository. */
    sign: (key: string, { registry, repository }: Destination, digests: readonly [Digest, ...Digest[]]) => {
      const [digest] = digests;
      const describe = (failure: Failure) =>
        describeSignFailure(key, { registry, repository, digest }, failure);
      return call(calls.sign(key, { registry, repository }, digests), describe);
    },
    /** Attaches an attestation. Two at once to one digest may lose one of them. */
    attest: (key: string, image: Reference, predicateType: string, predicate: string) =>
      call(calls.attest(key, image, predicateType), (failure) => describeSignFailure(key, image, failure), {
        input: predicate,
      }),
    /** The claims of all signatures of an image that this key made; what they claim is not judged. */
    readSignatures: (image: Reference, key: PublicKey): Promise<Result<readonly SignatureClaim[]>> =>
      read(calls.verify(`env://${VARIABLE}`, image), image, key, parseSignatures),
    /** The statements about an image that this key signed; their subjects are not judged. */
    readStatements: (
      image: Reference,
      key: PublicKey,
      predicateType: string,
    ): Promise<Result<readonly Statement[]>> =>
      read(calls.verifyAttestation(`env://${VARIABLE}`, image, predicateType), image, key, parseStatements),
  };
}

export type Cosign = ReturnType<typeof openCosign>;

/** Failure: SIGN_KEY_INVALID. `from` names the key in it. */
export function parsePublicKey(pem: string, from: string): Result<PublicKey> {
  try {
    const der = createPublicKey(pem).export({ type: 'spki', format: 'der' });
    return ok({ pem, id: `sha256:${createHash('sha256').update(der).digest('hex')}` });
  } catch (error) {
    const what = `${from} is no public key in PEM`;
    return failed(signFailure('SIGN_KEY_INVALID', { what, why: (error as Error).message }));
  }
}

/** The files of a directory as containers-certs.d(5) names them. */
function listCertificates(directory: string | undefined): Certificate[] {
  if (directory === undefined) return [];
  const files = [
    { option: 'cacert', file: join(directory, 'ca.crt') },
    { option: 'client-cert', file: join(directory, 'client.cert') },
    { option: 'client-key', file: join(directory, 'client.key') },
  ] as const;
  return files.filter(({ file }) => existsSync(file));
}
