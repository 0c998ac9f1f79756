import type { signFailure } from '../catalogue/sign';
import type { Explanations } from './explanation';

const name = 'registry.example/team/api@sha256:9f86…';

export const signExplanations: Explanations<typeof signFailure> = {
  SIGN_COSIGN_MISSING: {
    means: 'Signing and verifying images needs cosign, which is not installed.',
    causes: ['The machine is new.', 'PRISM_COSIGN names a file that does not exist.'],
    example: { what: 'there is no .prism/cache/tools/cosign-2.5.0/cosign' },
  },
  SIGN_COSIGN_UNSUPPORTED: {
    means:
      'This cosign cannot be used: podman and skopeo do not verify what cosign 3 writes, and a distribution may leave out drivers of KMS.',
    causes: [
      'PATH has cosign 3.',
      'Another program is called cosign.',
      'The key is in a KMS for which this cosign was built without a driver.',
    ],
    example: { what: '/usr/bin/cosign is cosign 3.1.3' },
  },
  SIGN_KEY_INVALID: {
    means: 'The key of the option `sign`, or one of a verify policy, cannot be read or used.',
    causes: [
      'The path has a typing error, or is not relative to the workspace.',
      'COSIGN_PASSWORD is missing or wrong.',
      'The variable of an `env://` key is not set, or the KMS refuses.',
    ],
    example: {
      what: 'the key keys/release.key cannot be used',
      why: 'decrypt: encrypted: decryption failed',
    },
  },
  SIGN_IDENTITY_MISSING: {
    means: 'The option `sign` is `keyless`, and nothing here vouches for who signs.',
    causes: [
      'The job of the CI service may not ask for an identity token.',
      'The push runs on a machine without an identity, such as your own.',
    ],
    example: { what: 'this job of GitHub Actions may not ask for an identity token' },
  },
  SIGN_IDENTITY_INVALID: {
    means: 'The identity token cannot be used to sign.',
    causes: [
      'It has expired: tokens live for minutes.',
      'SIGSTORE_ID_TOKEN is not a token of OpenID Connect.',
      'The service of GitHub that gives tokens refused or did not answer.',
    ],
    example: { what: 'the identity token of https://git.example was valid until 2026-11-29T07:00:00.000Z' },
  },
  SIGN_ROOTS_MISSING: {
    means:
      'What makes certificates and log entries of identities trustworthy is not there, so no identity counts.',
    causes: [
      'The directory of `sigstoreRoots` has a typing error, or lacks a file.',
      'The option is not set, and cosign cannot fetch the roots of the public instance.',
    ],
    example: { what: 'sigstore has no rekor.pub' },
  },
  SIGN_KEYLESS_FAILED: {
    means: 'Fulcio gave no certificate for the identity, or Rekor did not record the signature.',
    causes: [
      'The service cannot be reached from here, or does not know the issuer of the token.',
      'The token has another audience than the service wants.',
      'The directory of `sigstoreRoots` belongs to another instance.',
    ],
    example: {
      what: 'https://fulcio.example or https://rekor.example did not let release@git.example sign',
      why: 'retrieving cert: POST https://fulcio.example/api/v1/signingCert returned 401',
    },
  },
  SIGN_LOST: {
    means: 'The registry lacks a signature or an attestation that was written just now.',
    causes: [
      'Another machine attached one to the same digest at the same moment, and the registry kept only the last.',
      'The registry removes tags that end with `.sig` or `.att`.',
    ],
    example: { what: `what was signed at ${name} is not there` },
  },
  SIGN_FAILED: {
    means: 'cosign failed in a way that fits none of the other codes. The cause shows its message.',
    causes: ['The registry has an unusual error message.', 'The configuration of cosign is broken.'],
    example: { what: `${name} could not be signed` },
  },
};
