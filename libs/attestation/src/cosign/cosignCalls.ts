import type { Digest } from '@prism-build/oci';
import {
  type Connection,
  type Destination,
  formatReference,
  mayUseHttp,
  type Reference,
} from '@prism-build/registry';

type Argv = readonly [string, ...string[]];
type Options = readonly string[];

/** A file of the directory of certificates that exists. */
export interface Certificate {
  readonly option: 'cacert' | 'client-cert' | 'client-key';
  readonly file: string;
}

/**
 * Calls of cosign 2, as argument vectors; `by` says who signs or must have signed. Signatures are tags `sha256-<hex>.sig`, which
 * podman and skopeo verify. Claims are not checked by cosign, because this library judges them and names what is wrong.
 */
export function cosignCalls(program: string, connection: Connection, certificates: readonly Certificate[]) {
  const reach = (image: Reference): string[] => [
    ...(mayUseHttp(connection, image) ? ['--allow-http-registry', '--allow-insecure-registry'] : []),
    ...certificates.map(({ option, file }) => `--registry-${option}=${file}`),
  ];
  const verify = (command: string, by: Options, image: Reference, options: Options): Argv => [
    program,
    command,
    ...by,
    '--check-claims=false',
    ...options,
    ...reach(image),
    formatReference(image),
  ];
  return {
    publicKey: (key: string): Argv => [program, 'public-key', `--key=${key}`],
    sign: (by: Options, to: Destination, digests: readonly Digest[]): Argv => [
      program,
      'sign',
      '--yes',
      ...by,
      // cosign itself writes index.docker.io for docker.io, which podman does not accept.
      `--sign-container-identity=${to.registry}/${to.repository}`,
      ...reach(to),
      ...digests.map((digest) => formatReference({ ...to, digest })),
    ],
    /** The predicate is standard input. */
    attest: (by: Options, image: Reference, predicateType: string): Argv => [
      program,
      'attest',
      '--yes',
      ...by,
      `--type=${predicateType}`,
      '--predicate=-',
      ...reach(image),
      formatReference(image),
    ],
    verify: (by: Options, image: Reference) => verify('verify', by, image, ['--output=json']),
    verifyAttestation: (by: Options, image: Reference, predicateType: string) =>
      verify('verify-attestation', by, image, [`--type=${predicateType}`]),
  };
}
