import { type Failure, signFailure } from '@prism-build/errors';
import { describeFailure, describePushFailure, formatReference, type Reference } from '@prism-build/registry';
import type { Signer } from './signer';

const absent =
  /no signatures found|no matching signatures|no matching attestations|none of the attestations matched/i;
const key =
  /getting signer|reading key|loading (public|private) key|loading URL|decrypt|env var \$|getting public key|KMS|unsupported pem/i;

const keyless =
  /getting key from fulcio|retrieving cert|getting id token|verifying SCT|CTFE public keys|\/api\/v1\/log\/entries|transparency log/i;
const roots = /getting (rekor|ctlog) public keys|getting fulcio|tuf root|tuf client|updating local metadata/i;

/** A failed request: cosign then says that nothing matches, although it could not read what is there. */
const unread = /\b(Get|Head) "https?:/;

/** Whether cosign says only that nobody who is trusted made a signature or an attestation. */
export function isAbsent({ code, why = '' }: Failure): boolean {
  return code === 'COMMAND_FAILED' && saysAbsent(why);
}

function saysAbsent(why: string): boolean {
  return absent.test(why) && !unread.test(why);
}

/** Translates a failed call of cosign that reads; `isAbsent` judges those that stay as they are. */
export function describeReadFailure(image: Reference, failure: Failure): Failure {
  const own = describeProgram(failure);
  if (own) return own;
  const why = messageOf(failure);
  if (saysAbsent(why)) return { ...failure, why };
  if (roots.test(why) && !absent.test(why))
    return signFailure('SIGN_ROOTS_MISSING', { what: 'cosign cannot read the roots of Sigstore', why });
  return describeFailure(image, { ...failure, why });
}

/** Translates a failed call of cosign that writes. */
export function describeSignFailure(signer: Signer, image: Reference, failure: Failure): Failure {
  const own = describeProgram(failure);
  if (own) return own;
  const why = messageOf(failure);
  if ('key' in signer) {
    if (key.test(why)) return describeKeyFailure(signer.key, failure);
  } else if (keyless.test(why)) {
    const what = `${signer.fulcio} or ${signer.rekor} did not let ${signer.trusted.subject} sign`;
    return signFailure('SIGN_KEYLESS_FAILED', { what, why });
  }
  const described = describePushFailure(image, { ...failure, why });
  if (described.code !== 'PUSH_FAILED') return described;
  return signFailure('SIGN_FAILED', { what: `${formatReference(image)} could not be signed`, why });
}

/** Translates a failed call of cosign that only reads a key. */
export function describeKeyFailure(from: string, failure: Failure): Failure {
  const own = describeProgram(failure);
  if (own) return own;
  const why = messageOf(failure);
  const [, scheme] = /unrecognized scheme: (\S+)/.exec(why) ?? [];
  if (scheme !== undefined)
    return signFailure('SIGN_COSIGN_UNSUPPORTED', {
      what: `this cosign cannot use the key ${from}: it has no driver for ${scheme}`,
      remedy:
        "Correct the URI, or name a cosign 2 with all drivers in PRISM_COSIGN: `go install github.com/sigstore/cosign/v2/cmd/cosign@v2.6.5` builds one. Debian's, which install-cosign installs, has awskms:// and k8s:// only.",
    });
  return signFailure('SIGN_KEY_INVALID', { what: `the key ${from} cannot be used`, why });
}

/** What is no word of cosign itself. */
function describeProgram(failure: Failure): Failure | undefined {
  const { code } = failure;
  if (code === 'COMMAND_NOT_FOUND')
    return signFailure('SIGN_COSIGN_MISSING', { what: 'cosign is not installed' });
  return code === 'COMMAND_FAILED' || code === 'COMMAND_TIMED_OUT' ? undefined : failure;
}

/** What cosign says first where it may use HTTP without TLS: it tries TLS before, and names both failures. */
const tlsFirst = /\w+ "https:[^"]*": http: server gave HTTP response to HTTPS client; (?=\w+ "http:)/g;

/** cosign prints its message twice, the second time behind these words. */
function messageOf({ why, what }: Failure): string {
  const text = why ?? what;
  const at = text.lastIndexOf('error during command execution: ');
  const message = at < 0 ? text : text.slice(at).replace('error during command execution: ', '');
  return message.replaceAll(tlsFirst, '');
}
