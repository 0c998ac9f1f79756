import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { failed, ok, type Result, signFailure } from '@prism-build/errors';

/** Files with what makes a certificate and a log entry trustworthy, so that nothing is fetched to verify. */
export interface SigstoreRoots {
  /** Certificates of the authority: roots and intermediates. */
  readonly fulcio: string;
  /** The public key of the transparency log. */
  readonly rekor: string;
  /** The public key of the log of certificates; undefined if the authority has none. */
  readonly ctfe: string | undefined;
}

/** The files in a directory: fulcio.pem, rekor.pub, and ctfe.pub if there is such a log. Failure: SIGN_ROOTS_MISSING. */
export function openRoots(directory: string): Result<SigstoreRoots> {
  const missing = ['fulcio.pem', 'rekor.pub'].filter((name) => !existsSync(join(directory, name)));
  if (missing.length > 0)
    return failed(
      signFailure('SIGN_ROOTS_MISSING', { what: `${directory} has no ${missing.join(' and no ')}` }),
    );
  const ctfe = join(directory, 'ctfe.pub');
  return ok({
    fulcio: join(directory, 'fulcio.pem'),
    rekor: join(directory, 'rekor.pub'),
    ctfe: existsSync(ctfe) ? ctfe : undefined,
  });
}

/** cosign finds the files by these variables. */
export function rootVariables(roots: SigstoreRoots | undefined): Record<string, string> {
  if (!roots) return {};
  return {
    SIGSTORE_ROOT_FILE: roots.fulcio,
    SIGSTORE_REKOR_PUBLIC_KEY: roots.rekor,
    ...(roots.ctfe !== undefined && { SIGSTORE_CT_LOG_PUBLIC_KEY_FILE: roots.ctfe }),
  };
}
