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
import { type Signer, signBy } from './signer';
import { type PublicKey, parsePublicKey, type Trusted, verifyBy } from './trusted';

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

/** cosign 2 as functions. Keys are what cosign takes: a file, `env://VARIABLE`, or the URI of a KMS. */
export function openCosign(tools: CosignTools) {
  const { run, connection, timeout, patience } = tools;
  // Without this variable, cosign takes the password from standard input, where the predicate is.
  const env = { COSIGN_PASSWORD: '', ...tools.env };
  const calls = cosignCalls(tools.program, connection, listCertificates(connection.certDir));
  const call = (
    argv: readonly [string, ...string[]],
    describe: (failure: Failure) => Failure,
    more: { readonly input?: string; readonly env?: Readonly<Record<string, string>> } = {},
  ): Promise<Result<string>> =>
    withRetries(patience, async () => {
      const { input } = more;
      const done = await run({
        argv,
        timeout,
        env: { ...env, ...more.env },
        ...(input !== undefined && { input }),
      });
      return done.ok ? ok(done.value.stdout) : failed(...done.failures.map(describe));
    });
  const write = async (
    signer: Signer,
    image: Reference,
    argv: (options: readonly string[]) => readonly [string, ...string[]],
    input?: string,
  ): Promise<Result<string>> => {
    const token = 'key' in signer ? ok(undefined) : await signer.readToken();
    if (!token.ok) return token;
    const by = signBy(signer, token.value);
    return call(argv(by.options), (failure) => describeSignFailure(signer, image, failure), {
      env: by.env,
      ...(input !== undefined && { input }),
    });
  };
  const read = async <T>(
    argv: (options: readonly string[]) => readonly [string, ...string[]],
    image: Reference,
    trusted: Trusted,
    parse: (text: string) => readonly T[] | undefined,
  ): Promise<Result<readonly T[]>> => {
    const by = verifyBy(trusted);
    const done = await call(argv(by.options), (failure) => describeReadFailure(image, failure), by);
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
    sign: (signer: Signer, to: Destination, digests: readonly [Digest, ...Digest[]]) => {
      const { registry, repository } = to;
      const first = { registry, repository, digest: digests[0] };
      return write(signer, first, (by) => calls.sign(by, { registry, repository }, digests));
    },
    /** Attaches an attestation. Two at once to one digest may lose one of them. */
    attest: (signer: Signer, image: Reference, predicateType: string, predicate: string) =>
      write(signer, image, (by) => calls.attest(by, image, predicateType), predicate),
    /** The claims of all signatures of an image that are by `trusted`; what they claim is not judged. */
    readSignatures: (image: Reference, trusted: Trusted): Promise<Result<readonly SignatureClaim[]>> =>
      read((by) => calls.verify(by, image), image, trusted, parseSignatures),
    /** The statements about an image that are by `trusted`; their subjects are not judged. */
    readStatements: (
      image: Reference,
      trusted: Trusted,
      predicateType: string,
    ): Promise<Result<readonly Statement[]>> =>
      read((by) => calls.verifyAttestation(by, image, predicateType), image, trusted, parseStatements),
  };
}

export type Cosign = ReturnType<typeof openCosign>;

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
